"""Telling a damaged file from a sound one, and putting it out of the way without losing it."""

import os
import sqlite3
import struct
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from orchestratord.errors import JournalUnavailable
from orchestratord.journal.migrations import STEPS, expected_schema, schema_of

__all__ = [
    "APPLICATION",
    "Damaged",
    "expect_sound_content",
    "expect_sound_header",
    "is_damage",
    "plausible_version",
    "set_aside",
]

APPLICATION: Final = 0x6F726368
"""``PRAGMA application_id`` of a journal ("orch")."""

_CANNOT_BE: Final = 1_000
"""No release will ever be this many versions ahead: a number beyond it is a flipped bit."""

_LAST_NUMBER: Final = 2**53
"""A million events a second would need three centuries to get here, and JSON readers count no farther."""

_DAMAGE_CODES: Final = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_TOOBIG})


class Damaged(JournalUnavailable):
    """The file is not, or no longer, a journal; the text says what is wrong with it."""


def is_damage(error: Exception) -> bool:
    """Whether SQLite says of the file itself that it is broken, and not of the disk, a lock or a permission."""
    if isinstance(error, UnicodeDecodeError):
        return True
    # Our statements are fixed, so a plain SQLITE_ERROR (no such table, no such column) is the schema's fault.
    code = getattr(error, "sqlite_errorcode", None)
    return code is not None and (code == sqlite3.SQLITE_ERROR or code & 0xFF in _DAMAGE_CODES)


def expect_sound_header(path: Path) -> None:
    """Look at the first 100 bytes (https://sqlite.org/fileformat.html#the_database_header).

    SQLite takes some flipped bits there for a file of a later version, or of another encoding, that is to be
    treated with respect. An absent or empty file is a new one.
    """
    try:
        with path.open("rb") as file:
            head = file.read(100)
    except FileNotFoundError:
        return
    if not head:
        return
    if len(head) < 100:
        raise Damaged("it is shorter than a header")
    if head[:16] != b"SQLite format 3\0":
        raise Damaged("it is not a database")
    size, *fixed = struct.unpack(">H6B", head[16:24])
    if size not in {1, 512, 1024, 2048, 4096, 8192, 16384, 32768} or fixed[2:] != [0, 64, 32, 32]:
        raise Damaged("its header is damaged")
    if not {*fixed[:2]} <= {1, 2}:
        raise Damaged("its header is damaged")
    (encoding,) = struct.unpack(">I", head[56:60])
    if encoding not in {0, 1}:
        raise Damaged("its header is damaged")


def expect_sound_content(connection: sqlite3.Connection, version: int, steps: Sequence[Sequence[str]] = STEPS) -> None:
    """Compare version, schema and structure with what they must be. Raises :class:`Damaged` or sqlite3.Error."""
    application = connection.execute("PRAGMA application_id").fetchone()[0]
    if application != APPLICATION:
        raise Damaged(f"it belongs to another program (application id {application})")
    if not 0 < version <= len(steps):
        raise Damaged(f"its version {version} cannot be")
    if not expected_schema(version, steps) <= schema_of(connection):
        raise Damaged("its tables are not the journal's")
    (last,) = connection.execute("SELECT coalesce(max(seq), 0) FROM events").fetchone()
    (given,) = connection.execute("SELECT coalesce(max(seq), 0) FROM sqlite_sequence").fetchone()
    if not max(last, given) < _LAST_NUMBER:
        raise Damaged("its numbers cannot be")
    if connection.execute("SELECT count(*) FROM facts WHERE NOT json_valid(value)").fetchone()[0]:
        raise Damaged("what it remembers cannot be read")
    verdict = connection.execute("PRAGMA quick_check(1)").fetchone()
    if verdict != ("ok",):
        raise Damaged(str(verdict[0]) if verdict else "its structure cannot be read")


def plausible_version(version: int) -> bool:
    """Whether a later release may have written this number."""
    return 0 <= version < _CANNOT_BE


def set_aside(path: Path, now: float) -> Path:
    """Rename the file to ``NAME.damaged-TIME``, its WAL with it, and return the new path."""
    stamp = datetime.fromtimestamp(now, UTC).strftime("%Y%m%dT%H%M%SZ")
    kept = path.with_name(f"{path.name}.damaged-{stamp}")
    number = 1
    while kept.exists():
        number += 1
        kept = path.with_name(f"{path.name}.damaged-{stamp}-{number}")
    path.rename(kept)
    wal = path.with_name(f"{path.name}-wal")
    if wal.exists():
        wal.rename(kept.with_name(f"{kept.name}-wal"))
    path.with_name(f"{path.name}-shm").unlink(missing_ok=True)
    descriptor = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    return kept
