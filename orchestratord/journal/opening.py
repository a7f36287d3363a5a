"""Opening the journal's file: a new one, an older one, a damaged one."""

import contextlib
import os
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from orchestratord.errors import JournalUnavailable
from orchestratord.journal.damage import (
    APPLICATION,
    Damaged,
    expect_sound_content,
    expect_sound_header,
    is_damage,
    plausible_version,
    set_aside,
)
from orchestratord.journal.database import Database, text_of
from orchestratord.journal.migrations import STEPS, migrate

__all__ = ["Opened", "open_database"]

_PATIENCE: Final = 5.0
"""Seconds to wait for somebody else's lock (a backup, a curious sqlite3) before the disk counts as busy."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A database ready to write, and what had to be done for it."""

    database: Database
    fresh: bool
    """The file was made just now: nothing that was known before is in it."""
    set_aside: Path | None = None
    """Where the damaged file is now that stood in the way."""
    damage: str = ""


def open_database(path: Path, now: float, *, inspect: bool = True, steps: Sequence[Sequence[str]] = STEPS) -> Opened:
    """Open the file, make it or bring it up to date; set it aside when it is damaged.

    ``inspect`` reads the whole file for damage (a second for some hundred megabytes). Raises one of FAULTS
    when the disk does not let us, and JournalUnavailable for a file that a later release has written.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        return _open(path, inspect=inspect, steps=steps)
    except Damaged as damage:
        kept = set_aside(path, now)
        opened = _open(path, inspect=False, steps=steps)
        return Opened(opened.database, fresh=True, set_aside=kept, damage=str(damage))


def _open(path: Path, *, inspect: bool, steps: Sequence[Sequence[str]]) -> Opened:
    if inspect:
        expect_sound_header(path)
    # SQLite gives its WAL the mode of the file, so the file's own mode must be right before SQLite sees it.
    with contextlib.suppress(FileExistsError):
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
    connection = sqlite3.connect(path, timeout=_PATIENCE, isolation_level=None, check_same_thread=False)
    connection.text_factory = text_of
    try:
        fresh = _prepare(connection, path, inspect=inspect, steps=steps)
        return Opened(Database(path, connection), fresh=fresh)
    except (sqlite3.Error, UnicodeDecodeError) as error:
        connection.close()
        if is_damage(error):
            raise Damaged(str(error)) from error
        raise
    except BaseException:
        connection.close()
        raise


def _prepare(connection: sqlite3.Connection, path: Path, *, inspect: bool, steps: Sequence[Sequence[str]]) -> bool:
    connection.execute("PRAGMA journal_mode = WAL")
    # A commit survives the death of the process. Only a power cut may take the last moments; the file stays sound.
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA journal_size_limit = 16777216")
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    fresh = version == 0 and connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] == 0
    if fresh:
        connection.execute(f"PRAGMA application_id = {APPLICATION}")
    elif version > len(steps) and plausible_version(version):
        raise JournalUnavailable(
            f"{path} was written by a later release (version {version}, this one knows {len(steps)})",
            hint="Run that release again, or move the file away to begin a new journal.",
        )
    elif inspect:
        expect_sound_content(connection, version, steps)
    migrate(connection, version, steps)
    return fresh
