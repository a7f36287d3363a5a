"""The files and folders a configuration names: made absolute, and looked at, so that a wrong one is told at once."""

import difflib
import stat
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from orchestratord.config.document import Document
from orchestratord.config.faults import Path as KeyPath
from orchestratord.config.syntax import guess_encoding

__all__ = ["Base", "read_text", "settle"]

_LARGEST_PERSONALITY: Final = 256 << 10
_LARGEST_CERTIFICATE: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Base:
    """What relative paths are relative to: the configuration's folder; ``~`` is ``home``."""

    folder: Path
    home: str

    def path(self, written: str, folder: Path | None = None) -> Path:
        """Absolute; symbolic links stay as they are unless ``..`` has to be followed through them."""
        if self.home and (written == "~" or written.startswith("~/")):
            written = self.home + written[1:]
        path = Path(folder or self.folder, written)
        return path.resolve() if ".." in path.parts else path


def settle(document: Document, base: Base) -> None:
    """Make every path absolute; what should be there and is not is a fault."""
    work_dir = _folder(document, ("cluster", "work_dir"), base, base.folder)
    agents = document.get("agents")
    for index, agent in enumerate(agents if isinstance(agents, list) else []):
        if isinstance(agent, dict):
            _folder(document, ("agents", index, "work_dir"), base, work_dir)
            _personality(document, ("agents", index, "personality_prompt_path"), base, work_dir)
    for key in ("cert", "key"):
        _readable(document, ("http", "tls", key), base)
    directory = document.get("backup", "directory")
    if isinstance(directory, str) and directory:
        document.put(("backup", "directory"), str(base.path(directory)))


def read_text(path: Path, largest: int, *, holds: Callable[[str], object], otherwise: str) -> str:
    """A small UTF-8 file that ``holds`` what it is for. Raises ValueError, in words for whoever named it."""
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            raise ValueError(f"{path} is a directory, not a file")
        if not stat.S_ISREG(mode):
            raise ValueError(f"{path} is not a regular file")
        with path.open("rb") as file:
            raw = file.read(largest + 1)
    except FileNotFoundError:
        raise ValueError(f"there is no file {path}{_near(path)}") from None
    except OSError as error:
        raise ValueError(f"{path} cannot be read: {error.strerror}") from None
    if len(raw) > largest:
        raise ValueError(f"{path} is larger than {largest >> 10} KiB")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ValueError(f"{path} is not UTF-8{guess_encoding(raw)}: save it as UTF-8") from None
    if not holds(text):
        raise ValueError(f"{path} {otherwise}")
    return text


def _folder(document: Document, path: KeyPath, base: Base, default: Path) -> Path:
    written = document.get(*path)
    if written is not None and (not isinstance(written, str) or not written):
        return default  # not a path at all, which the schema says better
    folder = default if written is None else base.path(written, default)
    if written is not None and not folder.is_dir():
        wrong = (
            "is a file: write a directory"
            if folder.exists()
            else "does not exist: create it, or write another directory"
        )
        document.fault(path, f"{folder} {wrong}")
    document.put(path, str(folder))
    return folder


def _personality(document: Document, path: KeyPath, base: Base, work_dir: Path) -> None:
    """Older files name it from the place where the cluster was started, which is the work_dir."""
    written = document.get(*path)
    if not isinstance(written, str) or not written:
        return
    file = base.path(written)
    if not file.exists() and (other := base.path(written, work_dir)).exists():
        file = other
    empty = "is empty: write who the agent is, or take the key away"
    try:
        read_text(file, _LARGEST_PERSONALITY, holds=str.strip, otherwise=empty)
    except ValueError as error:
        document.fault(path, str(error))
        return
    document.put(path, str(file))


def _readable(document: Document, path: KeyPath, base: Base) -> None:
    written = document.get(*path)
    if not isinstance(written, str) or not written:
        return
    file = base.path(written)
    no_pem = 'is not PEM: it has no "-----BEGIN" line'
    try:
        read_text(file, _LARGEST_CERTIFICATE, holds=lambda text: "-----BEGIN " in text, otherwise=no_pem)
    except ValueError as error:
        document.fault(path, str(error))
        return
    document.put(path, str(file))


def _near(path: Path) -> str:
    """What else stands there under a similar name."""
    try:
        names = sorted(other.name for other in path.parent.iterdir())
    except OSError:
        return f"; there is no directory {path.parent} either" if not path.parent.exists() else ""
    near = difflib.get_close_matches(path.name, names, n=1)
    return f'; did you mean "{near[0]}"?' if near else ""
