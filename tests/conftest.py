"""What every room's tests share: a place of one's own, a tmux socket, a port, and a look at what was left behind."""

import contextlib
import shutil
import socket
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from blockbuster import blockbuster_ctx

from tests.leftovers import MARK, expect_none
from tests.skips import NothingSkipped


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--nothing-skipped", action="store_true", help="a skipped test fails the run")


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("--nothing-skipped") and not hasattr(config, "workerinput"):
        config.pluginmanager.register(NothingSkipped())


@pytest.fixture(autouse=True)
def _settings_of_this_machine_do_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (
        "ORCHESTRATOR_CONFIG_PATH", "ORCHESTRATOR_SOCKET", "ORCHESTRATOR_STATE_DIR", "ORCHESTRATOR_LOG_DIR",
        "ORCHESTRATOR_TMUX_SOCKET", "ORCHESTRATOR_WORK_DIR", "ORCHESTRATOR_SESSION_NAME", "ORCHESTRATOR_LOG_LEVEL",
        "ORCHESTRATOR_DASHBOARD_HOST", "ORCHESTRATOR_DASHBOARD_PORT", "TMUX", "TMUX_PANE", "NOTIFY_SOCKET",
    ):  # fmt: skip
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def place(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder with a path short enough for sockets; afterwards no process that knows it may be left."""
    folder = Path(tempfile.mkdtemp(prefix="orc-", dir="/tmp"))
    mark = uuid.uuid4().hex
    monkeypatch.setenv(MARK, mark)
    yield folder
    try:
        expect_none(mark, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def state_dir(place: Path) -> Path:
    folder = place / "state"
    folder.mkdir(mode=0o700)
    return folder


@pytest.fixture
def tmux_socket(place: Path) -> Iterator[Path]:
    """The path of a tmux socket of the test's own; its server is ended afterwards."""
    path = place / "tmux.sock"
    yield path
    with contextlib.suppress(FileNotFoundError):
        subprocess.run(["tmux", "-S", str(path), "kill-server"], capture_output=True, check=False, timeout=10)


@pytest.fixture
def free_port() -> int:
    """A TCP port on loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture(autouse=True)
def _the_loop_never_blocks() -> Iterator[None]:
    """A blocking call on a running loop in the daemon's own frames raises BlockingError."""
    with blockbuster_ctx("orchestratord"):
        yield
