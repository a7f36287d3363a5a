"""Where the daemon's socket may be."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Search", "sockets"]


@dataclass(frozen=True, slots=True)
class Search:
    """The places to look at, in order, and why these."""

    paths: tuple[Path, ...]
    because: str
    """``--socket``, ``ORCHESTRATOR_SOCKET``, or empty: the usual places."""


def sockets(given: str | None, environ: Mapping[str, str], uid: int) -> Search:
    """``--socket``, else ORCHESTRATOR_SOCKET, else the user's own places and then the system's.

    Who names a place means that place: nowhere else is looked then.
    """
    if given:
        return Search((_path(given, environ),), "--socket")
    if named := environ.get("ORCHESTRATOR_SOCKET"):
        return Search((_path(named, environ),), "ORCHESTRATOR_SOCKET")
    folders = [_runtime(environ, uid), *_states(environ), Path("/run/orchestratord")]
    paths = (folder / "ctl.sock" for folder in folders if folder is not None)
    return Search(tuple(dict.fromkeys(paths)), "")


def _runtime(environ: Mapping[str, str], uid: int) -> Path | None:
    given = environ.get("XDG_RUNTIME_DIR", "")
    # After `su` the variable may still name the first user's directory; the daemon does not go there either.
    anothers = given.startswith("/run/user/") and Path(given) != Path(f"/run/user/{uid}")
    return Path(given) / "orchestratord" if given.startswith("/") and not anothers else None


def _states(environ: Mapping[str, str]) -> list[Path]:
    if given := environ.get("ORCHESTRATOR_STATE_DIR"):
        return [_path(given, environ)]
    if (given := environ.get("XDG_STATE_HOME", "")).startswith("/"):
        return [Path(given) / "orchestratord"]
    home = environ.get("HOME", "")
    return [Path(home) / ".local/state/orchestratord"] if home.startswith("/") else []


def _path(given: str, environ: Mapping[str, str]) -> Path:
    """Absolute, with ``~/`` for the home."""
    home = environ.get("HOME")
    return (Path(home) / given[2:] if home and given.startswith("~/") else Path(given)).absolute()
