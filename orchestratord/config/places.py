"""Where the daemon's files are: the table of the documentation, decided from the environment alone."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from orchestratord.errors import BadConfiguration

__all__ = ["Places"]

_FILE: Final = "cc-cluster.yaml"
_PROJECT: Final = "orchestratord"


@dataclass(frozen=True, slots=True)
class Places:
    """Every path the daemon uses, absolute.

    ``tmux_path`` is a socket's path (``tmux -S``), ``tmux_name`` a socket's name (``tmux -L``); with neither it is the
    user's default server, so that a plain ``tmux attach`` finds the session.
    """

    config_path: Path
    socket: Path
    socket_mode: int
    state_dir: Path
    log_dir: Path
    tmux_path: Path | None
    tmux_name: str | None
    system: bool
    """Run by the system's service manager, not from somebody's shell."""

    @classmethod
    def find(
        cls,
        environ: Mapping[str, str],
        *,
        uid: int,
        cwd: Path,
        exists: Callable[[Path], bool],
        config: Path | None = None,
    ) -> Self:
        """Decide by ``environ``; ``config`` is what the command line said and wins.

        Raises:
            BadConfiguration: neither HOME nor the variables that make it needless are set.
        """
        surroundings = _Surroundings({name: value for name, value in environ.items() if value}, uid, cwd)
        state = surroundings.state_dir()
        tmux = surroundings.given("ORCHESTRATOR_TMUX_SOCKET")
        by_path = tmux is not None and "/" in tmux
        tmux_path = cwd / tmux if tmux and by_path else None
        if tmux is None and surroundings.system:
            tmux_path = surroundings.run_dir() / "tmux.sock"
        return cls(
            config_path=surroundings.config_path(config, exists),
            socket=surroundings.path("ORCHESTRATOR_SOCKET") or surroundings.socket(state),
            socket_mode=0o660 if surroundings.system else 0o600,
            state_dir=state,
            log_dir=surroundings.log_dir(state),
            tmux_path=tmux_path,
            tmux_name=tmux if tmux and not by_path else None,
            system=surroundings.system,
        )

    @property
    def journal(self) -> Path:
        """The journal's database."""
        return self.state_dir / "journal.db"

    @property
    def spool(self) -> Path:
        """Where hooks leave what they could not report."""
        return self.state_dir / "spool"

    @property
    def tokens(self) -> Path:
        """The hashes of the access tokens."""
        return self.state_dir / "tokens.json"

    def agent_dir(self, name: str) -> Path:
        """What belongs to one agent: its settings file, its prompt."""
        return self.state_dir / "agents" / name


class _Surroundings:
    """The environment, asked by row of the table. systemd hands a unit's directories over in variables of its own."""

    def __init__(self, environ: Mapping[str, str], uid: int, cwd: Path) -> None:
        self._environ = environ
        self._uid = uid
        self._cwd = cwd
        handed = (self._handed("RUNTIME_DIRECTORY"), self._handed("STATE_DIRECTORY"))
        roots = (Path("/run"), Path("/var/lib"))
        users = Path("/run/user")
        self.system = any(
            path is not None and path.is_relative_to(root) and not path.is_relative_to(users)
            for path, root in zip(handed, roots, strict=True)
        )

    def given(self, name: str) -> str | None:
        return self._environ.get(name)

    def path(self, name: str) -> Path | None:
        given = self.given(name)
        return None if given is None else self._cwd / self._of_home(given)

    def config_path(self, config: Path | None, exists: Callable[[Path], bool]) -> Path:
        if config is not None:
            return self._cwd / config
        if given := self.path("ORCHESTRATOR_CONFIG_PATH"):
            return given
        if self.system:
            return (self._handed("CONFIGURATION_DIRECTORY") or Path("/etc") / _PROJECT) / _FILE
        here = self._cwd / "config" / _FILE
        if exists(here) or not (self._environ.get("XDG_CONFIG_HOME") or self._environ.get("HOME")):
            return here
        own = self._xdg("XDG_CONFIG_HOME", ".config") / _FILE
        return own if exists(own) else here

    def state_dir(self) -> Path:
        if given := self.path("ORCHESTRATOR_STATE_DIR"):
            return given
        if handed := self._handed("STATE_DIRECTORY"):
            return handed
        return Path("/var/lib") / _PROJECT if self.system else self._xdg("XDG_STATE_HOME", ".local/state")

    def log_dir(self, state: Path) -> Path:
        if given := self.path("ORCHESTRATOR_LOG_DIR"):
            return given
        if handed := self._handed("LOGS_DIRECTORY"):
            return handed
        return Path("/var/log") / _PROJECT if self.system else state / "logs"

    def run_dir(self) -> Path:
        handed = self._handed("RUNTIME_DIRECTORY")
        return handed or Path("/run") / _PROJECT

    def socket(self, state: Path) -> Path:
        if self.system:
            return self.run_dir() / "ctl.sock"
        runtime = self._environ.get("XDG_RUNTIME_DIR")
        if not runtime or not runtime.startswith("/") or self._is_anothers(Path(runtime)):
            return state / "ctl.sock"
        return Path(runtime) / _PROJECT / "ctl.sock"

    def _is_anothers(self, runtime: Path) -> bool:
        """After ``su`` or ``sudo -E`` the variable may still name the first user's directory."""
        return runtime.parent == Path("/run/user") and runtime.name != str(self._uid)

    def _handed(self, name: str) -> Path | None:
        """The first of what systemd lists, separated by colons."""
        first = self._environ.get(name, "").partition(":")[0]
        return Path(first) if first.startswith("/") else None

    def _xdg(self, name: str, below_home: str) -> Path:
        given = self._environ.get(name, "")
        # The base directory specification: a relative path there is to be ignored.
        return (Path(given) if given.startswith("/") else self._home() / below_home) / _PROJECT

    def _of_home(self, path: str) -> Path:
        return self._home() / path[2:] if path.startswith("~/") else Path(path)

    def _home(self) -> Path:
        home = self._environ.get("HOME", "")
        if not home.startswith("/"):
            raise BadConfiguration(
                "HOME is not set, so there is no place for the state",
                hint="Set HOME, or ORCHESTRATOR_STATE_DIR and ORCHESTRATOR_CONFIG_PATH.",
            )
        return Path(home)
