"""The shapes the journal's file has had, oldest first. A step that was ever released is never changed.

``PRAGMA user_version`` counts the steps a file has been through. For each version a file stays in the tests for ever.
"""

import sqlite3
from collections.abc import Sequence
from typing import Final

__all__ = ["STEPS", "expected_schema", "migrate", "schema_of"]

STEPS: Final[Sequence[Sequence[str]]] = (
    (
        # AUTOINCREMENT keeps the highest number given in sqlite_sequence, so that none comes again after a pruning.
        """CREATE TABLE events (
            seq INTEGER PRIMARY KEY AUTOINCREMENT,
            at REAL NOT NULL,
            kind TEXT NOT NULL,
            agent TEXT,
            data TEXT NOT NULL
        ) STRICT""",
        "CREATE INDEX events_by_kind ON events (kind)",
        "CREATE INDEX events_by_agent ON events (agent) WHERE agent IS NOT NULL",
        "CREATE TABLE facts (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID",
    ),
)


def migrate(connection: sqlite3.Connection, version: int, steps: Sequence[Sequence[str]] = STEPS) -> None:
    """Bring a file of that version to the newest, all steps or none (an autocommit connection is expected)."""
    if version == len(steps):
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        for step in steps[version:]:
            for statement in step:
                connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {len(steps)}")
        connection.execute("COMMIT")
    except sqlite3.Error:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def schema_of(connection: sqlite3.Connection) -> set[tuple[str, str, str]]:
    """Type, name and text of every table and index that was declared, SQLite's own left out."""
    rows = connection.execute("SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'")
    return {(str(row[0]), str(row[1]), str(row[2])) for row in rows}


def expected_schema(version: int, steps: Sequence[Sequence[str]] = STEPS) -> set[tuple[str, str, str]]:
    """What :func:`schema_of` says of a sound file of that version."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    try:
        migrate(connection, 0, steps[:version])
        return schema_of(connection)
    finally:
        connection.close()
