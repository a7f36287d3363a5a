"""How long logs are kept: compressed after a month, gone after three."""

import contextlib
import gzip
import os
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from orchestratord.logs.rotation import ARCHIVE, numbers

__all__ = ["Applied", "Keep", "LogFile", "Plan", "apply", "decide", "keep_house", "scan"]

_DAY: Final = 86400.0
_PART: Final = ".part"


@dataclass(frozen=True, slots=True)
class Keep:
    """Ages in seconds, counted from when a file was last written."""

    archive_after: float = 30 * _DAY
    delete_after: float = 90 * _DAY


@dataclass(frozen=True, slots=True)
class LogFile:
    """A file in the log directory or its archive; ``modified`` in unix seconds."""

    path: Path
    modified: float

    @property
    def archived(self) -> bool:
        """Whether it lies in the archive."""
        return self.path.parent.name == ARCHIVE


@dataclass(frozen=True, slots=True)
class Plan:
    """What to compress into the archive and what to delete."""

    archive: tuple[Path, ...] = ()
    delete: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class Applied:
    """What was done, and a sentence for each thing that could not be."""

    archived: int = 0
    deleted: int = 0
    faults: tuple[str, ...] = ()


def keep_house(directory: Path, now: float, keep: Keep | None = None) -> Applied:
    """Look, decide and do what is due in a log directory; to be called once a day, in a thread.

    Raises OSError when the directory cannot be read.
    """
    return apply(decide(scan(directory), now, keep))


def scan(directory: Path) -> list[LogFile]:
    """The log files of a directory and of its archive, by name; whatever else lies there is nobody's business."""
    folders = [folder for folder in (directory, directory / ARCHIVE) if folder.is_dir()]
    paths = [path for folder in folders for path in sorted(folder.iterdir())]
    return [
        LogFile(path, path.stat().st_mtime)
        for path in paths
        if ".log" in path.suffixes and path.is_file() and not path.is_symlink()
    ]


def decide(files: Iterable[LogFile], now: float, keep: Keep | None = None) -> Plan:
    """What is due. A log that is written to is never due; one that nobody has written to for as long is."""
    keep = keep or Keep()
    archive = []
    delete = []
    for file in files:
        age = now - file.modified
        if file.path.name.endswith(_PART):
            # An archiving that was cut off; its log still stands where it stood.
            if age > _DAY:
                delete.append(file.path)
        elif age > keep.delete_after:
            delete.append(file.path)
        elif age > keep.archive_after and not file.archived:
            archive.append(file.path)
    return Plan(tuple(archive), tuple(delete))


def apply(plan: Plan) -> Applied:
    """Do it, one file after the other; what fails is told and does not stop the rest. Waits for the disk."""
    archived = deleted = 0
    faults = []
    for path in plan.archive:
        try:
            archived += _archive(path)
        except OSError as error:
            faults.append(f"{path} could not be archived: {error.strerror or error}")
    for path in plan.delete:
        try:
            path.unlink(missing_ok=True)
            deleted += 1
        except OSError as error:
            faults.append(f"{path} could not be deleted: {error.strerror or error}")
    return Applied(archived, deleted, tuple(faults))


def _archive(path: Path) -> bool:
    """Compress a file into the archive; False when somebody writes to it after all."""
    folder = path.parent / ARCHIVE
    folder.mkdir(mode=0o750, exist_ok=True)
    if path.suffix == ".log":
        # Its writer, if there is one, begins a new file with its next line.
        number = max([0, *numbers(str(path), str(path.parent)), *numbers(str(path), str(folder))]) + 1
        path = path.rename(f"{path}.{number:06}")
    target = folder / f"{path.name}.gz"
    part = target.with_name(target.name + _PART)
    before = path.stat()
    try:
        with path.open("rb") as source, part.open("wb") as file:
            with gzip.GzipFile(path.name, "wb", fileobj=file, mtime=before.st_mtime) as packed:
                shutil.copyfileobj(source, packed, 1024 * 1024)
            file.flush()
            os.fsync(file.fileno())
        # The age of what is in it, not of the packing, decides when it goes.
        os.utime(part, ns=(before.st_atime_ns, before.st_mtime_ns))
        after = path.stat()
        if (after.st_size, after.st_mtime_ns) != (before.st_size, before.st_mtime_ns):
            return False
        part.replace(target)
    finally:
        with contextlib.suppress(FileNotFoundError):
            part.unlink()
    path.unlink()
    return True
