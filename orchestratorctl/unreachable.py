"""Why no daemon answers, and what to do: which socket is missing, dead or forbidden, and what systemd knows."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from orchestratorctl.client import Connection
from orchestratorctl.faults import Unreachable
from orchestratorctl.places import Search

__all__ = ["connect"]

_UNIT: Final = "orchestratord.service"
_PATIENCE: Final = 3.0
_START: Final = "Start one with: orchestratord --config FILE"


def connect(search: Search) -> Connection:
    """A connection through the first socket that is there.

    A socket that is there and does not answer ends the search: the next place would be another cluster, and what was
    meant for one must not hit the other. Raises Unreachable with everything that can be found out.
    """
    for path in search.paths:
        try:
            return Connection(path)
        except FileNotFoundError:
            continue
        except OSError as fault:
            raise _explained(search, path, fault) from fault
    raise _explained(search, None, None)


def _explained(search: Search, path: Path | None, fault: OSError | None) -> Unreachable:
    unit, start = _systemd()
    if path is None or fault is None:
        message, hint = _missing(search), start
        if not search.because:
            hint += "; or name another socket with --socket or ORCHESTRATOR_SOCKET"
    else:
        message, hint = _deaf(path, fault, start)
    return Unreachable(f"{message}\n{unit}" if unit else message, hint=hint)


def _missing(search: Search) -> str:
    if search.because:
        (path,) = search.paths
        return f"no daemon: the socket {path} ({search.because}) is missing"
    looked = ", ".join(map(str, search.paths))
    return f"no daemon: the socket is missing; looked at {looked}"


def _deaf(path: Path, fault: OSError, start: str) -> tuple[str, str]:
    match fault:
        case ConnectionRefusedError():
            return f"no daemon: the socket {path} is dead, nobody listens on it", start
        case PermissionError():
            return (
                f"no access: the socket {path} is forbidden to you{_owner(path)}",
                "Become its owner or root, or join the group orchestrator and log in again.",
            )
        case TimeoutError() | BlockingIOError():
            return f"no answer: the daemon at {path} takes no connection", "It may be stopped or overloaded."
        case _:
            return f"no daemon: {path}: {fault.strerror or fault}", start


def _owner(path: Path) -> str:
    import grp
    import pwd

    try:
        status = path.stat()
    except OSError:
        return ""
    try:
        user, group = pwd.getpwuid(status.st_uid).pw_name, grp.getgrgid(status.st_gid).gr_name
    except KeyError:
        user, group = str(status.st_uid), str(status.st_gid)
    return f" (owner {user}, group {group}, mode {status.st_mode & 0o777:04o})"


def _systemd() -> tuple[str, str]:
    """What systemd says of the unit (empty where it knows no such unit), and what to run."""
    import shutil

    if shutil.which("systemctl") is None:
        return "", _START
    wanted = "LoadState,ActiveState,SubState,Result,ExecMainStatus"
    properties = _properties(["systemctl", "show", _UNIT, f"--property={wanted}"])
    if properties.get("LoadState") != "loaded":
        return "", _START
    active = properties.get("ActiveState", "unknown")
    state = f"systemd: {_UNIT} is {active} ({properties.get('SubState', 'unknown')})"
    if active == "failed":
        state += f", {properties.get('Result', 'unknown')}, status {properties.get('ExecMainStatus', 'unknown')}"
        return state, f"See why: journalctl -u {_UNIT} -n 50; then: systemctl restart {_UNIT}"
    if active in {"active", "activating", "reloading"}:
        return state, f"See what it does: journalctl -u {_UNIT} -n 50"
    return state, f"Start it with: systemctl start {_UNIT}"


def _properties(argv: Sequence[str]) -> dict[str, str]:
    import subprocess

    try:
        said = subprocess.run(
            argv,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_PATIENCE,
            check=False,
            text=True,
            errors="replace",
        ).stdout
    except (OSError, subprocess.TimeoutExpired):
        return {}
    return dict(line.split("=", 1) for line in said.splitlines() if "=" in line)
