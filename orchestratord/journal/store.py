"""The journal as everybody else sees it."""

import time
from collections.abc import Callable, Sequence
from pathlib import Path

from pydantic import JsonValue

from orchestratord.journal.broadcast import Subscription
from orchestratord.journal.events import Event

__all__ = ["Journal"]


class Journal:
    """Face; the body follows within the hour."""

    last_seq: int
    degraded: str | None

    @classmethod
    async def open(cls, path: Path, *, clock: Callable[[], float] = time.time) -> "Journal":
        """Open or make the file; never fails. What went wrong is an event and stands in ``degraded``."""
        raise NotImplementedError

    def append(self, kind: str, agent: str | None = None, /, **data: JsonValue) -> Event:
        """Write down that something happened."""
        raise NotImplementedError

    async def flush(self) -> None:
        """Return when all that was appended so far is durable (or, degraded, kept in memory)."""
        raise NotImplementedError

    def listen(self, callback: Callable[[Event], None]) -> Callable[[], None]:
        """Call back at every append, on the loop; returns how to stop."""
        raise NotImplementedError

    def subscribe(self, after: int | None = None, *, capacity: int = 10_000) -> Subscription:
        """Follow durable events: all after number ``after``, or those to come."""
        raise NotImplementedError

    async def read(
        self,
        *,
        after: int = 0,
        before: int | None = None,
        limit: int = 1000,
        kinds: Sequence[str] = (),
        agent: str | None = None,
        newest: bool = False,
    ) -> list[Event]:
        """Look events up, oldest first."""
        raise NotImplementedError

    def remember(self, key: str, value: JsonValue) -> None:
        """Keep a fact under a key, None forgets it."""
        raise NotImplementedError

    async def recall(self, prefix: str = "") -> dict[str, JsonValue]:
        """The facts whose keys begin so."""
        raise NotImplementedError

    async def prune(self, before: float) -> int:
        """Delete what is older than that time; returns how many."""
        raise NotImplementedError

    async def close(self) -> None:
        """Write all that waits and end every subscription."""
        raise NotImplementedError
