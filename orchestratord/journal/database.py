"""The journal's SQL: what is written in one transaction, and how it is found again."""

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pydantic import JsonValue

from orchestratord.errors import JournalUnavailable
from orchestratord.journal.events import Event, Row

__all__ = ["FAULTS", "Database", "Query", "read", "text_of"]

FAULTS: Final = (sqlite3.Error, OSError, JournalUnavailable, UnicodeDecodeError)
"""What a bad disk or a damaged file makes of a call; the last when SQLite quotes damaged text in its message."""

_PRUNED_AT_ONCE: Final = 5_000
"""Events deleted in one transaction, so that a pruning never keeps what is written waiting."""


@dataclass(frozen=True, slots=True)
class Query:
    """Which events: numbers between ``after`` and ``before`` (neither included), kinds or families, an agent.

    The first ``limit`` of them, or with ``newest`` the last; oldest first either way.
    """

    after: int = 0
    before: int | None = None
    limit: int = 1000
    kinds: Sequence[str] = ()
    agent: str | None = None
    newest: bool = False

    def matches(self, event: Event) -> bool:
        """The same question, asked of an event in memory."""
        return (
            event.seq > self.after
            and (self.before is None or event.seq < self.before)
            and (self.agent is None or event.agent == self.agent)
            and (not self.kinds or any(_is_of(event.kind, kind) for kind in self.kinds))
        )

    def cut(self, events: Sequence[Event]) -> list[Event]:
        """``limit`` of these, which stand in order, from the right end."""
        if self.newest:
            return list(events[max(0, len(events) - self.limit) :])
        return list(events[: self.limit])


class Database:
    """One connection to a sound, current file. Not for the event loop: every call may wait for the disk."""

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self._path = path
        self._connection = connection
        self._inode = path.stat().st_ino

    @property
    def last_seq(self) -> int:
        """The highest number ever given in this file; 0 in a new one."""
        row = self._connection.execute(
            "SELECT max(coalesce((SELECT max(seq) FROM events), 0), "
            "coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'events'), 0))"
        ).fetchone()
        return int(row[0])

    def facts(self) -> dict[str, str]:
        """Every fact with its value as stored."""
        return dict(self._connection.execute("SELECT key, value FROM facts"))

    def write(self, rows: Sequence[Row], facts: Mapping[str, str | None]) -> None:
        """All of it in one transaction, or nothing and one of :data:`FAULTS`."""
        self._expect_own_file()
        connection = self._connection
        try:
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany(
                "INSERT INTO events (seq, at, kind, agent, data) VALUES (?, ?, ?, ?, ?)",
                [(event.seq, event.at, event.kind, event.agent, text) for event, text in rows],
            )
            for key, text in facts.items():
                if text is None:
                    connection.execute("DELETE FROM facts WHERE key = ?", (key,))
                else:
                    connection.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", (key, text))
            connection.execute("COMMIT")
        except sqlite3.Error:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise

    def prune(self, before: float) -> int:
        """Delete some of the events that stand before the first one at or after ``before``; 0: none is left.

        By number, not by time alone: a clock that was set back for an hour must not tear a hole.
        """
        connection = self._connection
        row = connection.execute("SELECT seq FROM events WHERE at >= ? ORDER BY seq LIMIT 1", (before,)).fetchone()
        bound = row[0] if row else self.last_seq + 1
        cursor = connection.execute(
            "DELETE FROM events WHERE seq IN (SELECT seq FROM events WHERE seq < ? ORDER BY seq LIMIT ?)",
            (bound, _PRUNED_AT_ONCE),
        )
        return cursor.rowcount

    def close(self) -> None:
        """Write what is in the WAL into the file and let go."""
        self._connection.close()

    def _expect_own_file(self) -> None:
        # SQLite would happily go on writing into a file that nobody will ever find again.
        try:
            same = self._path.stat().st_ino == self._inode
        except FileNotFoundError:
            same = False
        if not same:
            raise JournalUnavailable(f"{self._path} was removed or replaced")


def read(path: Path, query: Query) -> list[Event]:
    """Look events up through a connection of one's own, beside the writer's. Raises one of :data:`FAULTS`.

    Text that is damaged in a way SQLite cannot see comes back as ``{"unreadable": TEXT}``.
    """
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None)
    try:
        connection.text_factory = text_of
        statement, values = _select(query)
        found = [_event(row) for row in connection.execute(statement, values)]
    finally:
        connection.close()
    return found[::-1] if query.newest else found


def _select(query: Query) -> tuple[str, list[str | int]]:
    conditions = ["seq > ?"]
    values: list[str | int] = [query.after]
    if query.before is not None:
        conditions.append("seq < ?")
        values.append(query.before)
    if query.agent is not None:
        conditions.append("agent = ?")
        values.append(query.agent)
    if query.kinds:
        alternatives = []
        for kind in query.kinds:
            if kind.endswith(".*"):
                # "agent.*" is every text from "agent." up to, but not with, "agent/", the next character.
                alternatives.append("(kind >= ? AND kind < ?)")
                values += [kind[:-1], kind[:-2] + "/"]
            else:
                alternatives.append("kind = ?")
                values.append(kind)
        conditions.append(f"({' OR '.join(alternatives)})")
    order = "DESC" if query.newest else "ASC"
    # Only fixed words are put together here; every value goes in as a parameter.
    statement = (
        f"SELECT seq, at, kind, agent, data FROM events WHERE {' AND '.join(conditions)} "  # noqa: S608 see above
        f"ORDER BY seq {order} LIMIT ?"
    )
    return statement, [*values, query.limit]


def _is_of(kind: str, wanted: str) -> bool:
    return kind.startswith(wanted[:-1]) if wanted.endswith(".*") else kind == wanted


def _event(row: tuple[int, float, str, str | None, str]) -> Event:
    seq, at, kind, agent, text = row
    data: JsonValue
    try:
        data = json.loads(text)
    except ValueError:
        data = None
    return Event(seq, at, kind, agent, data if isinstance(data, dict) else {"unreadable": text})


def text_of(raw: bytes) -> str:
    """Stored text, whatever became of it."""
    return raw.decode("utf-8", "replace")
