"""What the disk has not got yet: for a moment in good times, for as long as it takes in bad ones."""

import threading
from collections import deque
from typing import Final

from orchestratord.journal.events import Event, Row

__all__ = ["Backlog"]

_LIMIT: Final = 100_000
"""Events kept while the disk takes none (some 60 MB); beyond that the oldest are let go, and counted."""


class Backlog:
    """Rows and facts in the order they came; the writer fills and empties it, readers look at it meanwhile.

    Of a fact only its latest value is kept, None standing for one that is to be forgotten.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._rows: deque[Row] = deque(maxlen=_LIMIT)
        self._facts: dict[str, str | None] = {}
        self.lost = 0

    def __bool__(self) -> bool:
        return bool(self._rows or self._facts)

    def add_row(self, row: Row) -> None:
        """Keep an event; the oldest one makes room when there is none left."""
        with self._lock:
            self.lost += len(self._rows) == self._rows.maxlen
            self._rows.append(row)

    def add_fact(self, key: str, text: str | None) -> None:
        """Keep the latest value of a fact."""
        with self._lock:
            self._facts[key] = text

    def contents(self) -> tuple[list[Row], dict[str, str | None]]:
        """A copy of all that waits."""
        with self._lock:
            return list(self._rows), dict(self._facts)

    def events(self) -> list[Event]:
        """A copy of the events that wait, oldest first."""
        with self._lock:
            return [row.event for row in self._rows]

    def clear(self) -> None:
        """The disk has it all."""
        with self._lock:
            self._rows.clear()
            self._facts.clear()
            self.lost = 0
