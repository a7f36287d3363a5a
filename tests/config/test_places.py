from pathlib import Path

import pytest

from orchestratord.config.places import Places
from orchestratord.errors import BadConfiguration

_CWD = Path("/srv/project")
_HOME = {"HOME": "/home/kana"}
_SERVICE = {
    "RUNTIME_DIRECTORY": "/run/orchestratord",
    "STATE_DIRECTORY": "/var/lib/orchestratord",
    "LOGS_DIRECTORY": "/var/log/orchestratord",
}


def _find(environ: dict[str, str], *existing: str, uid: int = 1000, config: Path | None = None) -> Places:
    return Places.find(environ, uid=uid, cwd=_CWD, exists=lambda path: str(path) in existing, config=config)


def test_from_a_shell_the_files_are_the_users_own() -> None:
    places = _find({**_HOME, "XDG_RUNTIME_DIR": "/run/user/1000"}, "/srv/project/config/cc-cluster.yaml")
    assert places == Places(
        config_path=_CWD / "config/cc-cluster.yaml",
        socket=Path("/run/user/1000/orchestratord/ctl.sock"),
        socket_mode=0o600,
        state_dir=Path("/home/kana/.local/state/orchestratord"),
        log_dir=Path("/home/kana/.local/state/orchestratord/logs"),
        tmux_path=None,
        tmux_name=None,
        system=False,
    )


def test_as_a_system_service_the_files_are_the_systems() -> None:
    assert _find(_SERVICE) == Places(
        config_path=Path("/etc/orchestratord/cc-cluster.yaml"),
        socket=Path("/run/orchestratord/ctl.sock"),
        socket_mode=0o660,
        state_dir=Path("/var/lib/orchestratord"),
        log_dir=Path("/var/log/orchestratord"),
        tmux_path=Path("/run/orchestratord/tmux.sock"),
        tmux_name=None,
        system=True,
    )


def test_a_service_of_the_users_own_manager_is_the_users() -> None:
    environ = {**_HOME, "RUNTIME_DIRECTORY": "/run/user/1000/orchestratord", "XDG_RUNTIME_DIR": "/run/user/1000"}
    places = _find(environ)
    assert not places.system
    assert places.tmux_path is None
    assert places.socket == Path("/run/user/1000/orchestratord/ctl.sock")


def test_root_in_a_shell_is_a_user_like_any_other() -> None:
    places = _find({"HOME": "/root"}, uid=0)
    assert places.state_dir == Path("/root/.local/state/orchestratord")
    assert not places.system


def test_variables_stand_above_the_table_and_may_be_relative() -> None:
    places = _find(
        {
            **_SERVICE,
            "ORCHESTRATOR_CONFIG_PATH": "my.yaml",
            "ORCHESTRATOR_SOCKET": "/tmp/s",
            "ORCHESTRATOR_STATE_DIR": "state",
            "ORCHESTRATOR_LOG_DIR": "/tmp/logs",
            "ORCHESTRATOR_TMUX_SOCKET": "./t.sock",
        }
    )
    assert places.config_path == _CWD / "my.yaml"
    assert places.socket == Path("/tmp/s")
    assert places.state_dir == _CWD / "state"
    assert places.log_dir == Path("/tmp/logs")
    assert places.tmux_path == _CWD / "t.sock"
    assert places.journal == _CWD / "state/journal.db"


def test_a_tmux_socket_without_a_slash_is_a_name() -> None:
    places = _find({**_SERVICE, "ORCHESTRATOR_TMUX_SOCKET": "agents"})
    assert (places.tmux_path, places.tmux_name) == (None, "agents")


def test_the_command_line_stands_above_everything() -> None:
    environ = {**_HOME, "ORCHESTRATOR_CONFIG_PATH": "/a.yaml"}
    assert _find(environ, config=Path("b.yaml")).config_path == _CWD / "b.yaml"


@pytest.mark.parametrize(
    ("existing", "found"),
    [
        (["/srv/project/config/cc-cluster.yaml", "/x/orchestratord/cc-cluster.yaml"], _CWD / "config/cc-cluster.yaml"),
        (["/x/orchestratord/cc-cluster.yaml"], Path("/x/orchestratord/cc-cluster.yaml")),
        ([], _CWD / "config/cc-cluster.yaml"),
    ],
)
def test_the_configuration_here_comes_before_the_users_own(existing: list[str], found: Path) -> None:
    assert _find({**_HOME, "XDG_CONFIG_HOME": "/x"}, *existing).config_path == found


@pytest.mark.parametrize("runtime", ["/run/user/1000", "relative", ""])
def test_another_users_or_no_runtime_directory_leaves_the_socket_in_the_state_directory(runtime: str) -> None:
    places = _find({"HOME": "/root", "XDG_RUNTIME_DIR": runtime}, uid=0)
    assert places.socket == Path("/root/.local/state/orchestratord/ctl.sock")


def test_without_a_home_it_is_said_what_to_set() -> None:
    with pytest.raises(BadConfiguration) as refused:
        _find({})
    assert "ORCHESTRATOR_STATE_DIR" in refused.value.hint
    assert _find({"ORCHESTRATOR_STATE_DIR": "/s"}).socket == Path("/s/ctl.sock")
