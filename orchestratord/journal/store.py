"""The journal as everybody else sees it."""

import asyncio
import contextlib
import json
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, Self

from pydantic import JsonValue

from orchestratord.errors import JournalUnavailable
from orchestratord.journal.broadcast import Broadcast, Subscription
from orchestratord.journal.database import FAULTS, Query, read
from orchestratord.journal.events import Event, Row, as_text
from orchestratord.journal.opening import Opened, open_database
from orchestratord.journal.writer import Fact, Inspect, Outcome, Prune, Waiter, Writer, fault_of

__all__ = ["Journal"]

_RETRY_EVERY: Final = 5.0
"""Seconds between two attempts while the disk takes nothing."""


class Journal:
    """Numbered events and remembered facts in one SQLite file. Belongs to the event loop that opened it.

    It tells of itself in events of its own: ``journal.set_aside`` {file, why}, ``journal.degraded`` {why} when the disk
    takes nothing and events are kept in memory alone, ``journal.recovered`` {kept, lost} when the disk has got them.
    """

    def __init__(self, path: Path, opened: Opened | None, *, clock: Callable[[], float], retry_every: float) -> None:
        self._path = path
        self._clock = clock
        self._loop = asyncio.get_running_loop()
        self._listeners: list[Callable[[Event], None]] = []
        self._broadcast = Broadcast()
        self._facts: dict[str, str | None] = {}
        self._closed = False
        self.last_seq = 0
        """Number of the newest event, durable or not; 0 before the first."""
        self.degraded: str | None = None
        """Why the disk takes nothing at the moment; None when all is well."""
        self._writer = Writer(
            path, opened.database if opened else None, clock=clock, tell=self._tell, retry_every=retry_every
        )

    @classmethod
    async def open(
        cls, path: Path, *, clock: Callable[[], float] = time.time, retry_every: float = _RETRY_EVERY
    ) -> Self:
        """Open the file or make it (0600). Never fails: what is wrong with the disk or the file is told as events.

        A damaged file is renamed and a new one begun. A file that a later release has written is left as it is; the
        journal then lives in memory, as it does where nothing can be written.
        """
        opened, fault, last_seq, facts = await asyncio.to_thread(_open, path, clock())
        journal = cls(path, opened, clock=clock, retry_every=retry_every)
        journal._facts.update(facts)
        if opened is None or opened.set_aside is not None:
            # Nobody can tell which numbers were given before: go on far above them, so that a reader who asks for
            # what came after the last one it has gets just that.
            journal.last_seq = int(clock() * 1000)
        else:
            journal.last_seq = last_seq
        if opened is None:
            journal.degraded = fault
            journal.append("journal.degraded", why=fault)
        else:
            journal._tell_of_damage(opened)
        return journal

    def append(self, kind: str, agent: str | None = None, /, **data: JsonValue) -> Event:
        """Write down that something happened, now, and return it.

        Takes microseconds: listeners are called at once, the disk follows in the writer's thread. Raises TypeError or
        ValueError for data that JSON cannot hold. After :meth:`close` events reach the listeners and nobody else.
        """
        text = as_text(data)
        for word in (kind, agent or ""):
            word.encode()
        event = Event(self.last_seq + 1, self._clock(), kind, agent, data)
        self.last_seq = event.seq
        self._writer.put(Row(event, text))
        for listener in tuple(self._listeners):
            listener(event)
        return event

    async def flush(self) -> None:
        """Return when all that was appended and remembered so far is on the disk (degraded: kept in memory)."""
        if not self._closed:
            await self._settled(Waiter)

    def listen(self, callback: Callable[[Event], None]) -> Callable[[], None]:
        """Call back with every event as it is appended, on the loop, before it is durable. Returns how to stop.

        For readers whose bookkeeping must not lag behind; the callback must neither raise nor wait.
        """
        self._listeners.append(callback)

        def unlisten() -> None:
            with contextlib.suppress(ValueError):
                self._listeners.remove(callback)

        return unlisten

    def subscribe(self, after: int | None = None, *, capacity: int = 10_000) -> Subscription:
        """Follow durable events: those after number ``after``, then the live ones; without it, those to come.

        What stands on the disk and what comes are one row without gaps or doubles.
        ``with journal.subscribe(7) as events: async for event in events: …``; a reader that lets more than ``capacity``
        live events wait gets :class:`TooSlow`.
        """
        start = self.last_seq if after is None else after
        subscription = Subscription(
            self._broadcast, self._page, after=start, replay=after is not None, capacity=capacity
        )
        if self._closed:
            subscription.close()
        else:
            self._broadcast.join(subscription)
        return subscription

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
        """Look events up, oldest first: with numbers between ``after`` and ``before``, neither included.

        The first ``limit`` of them, or with ``newest`` the last. ``kinds`` are names or families (``agent.*``). What
        was appended before the call is found. Raises :class:`JournalUnavailable` when the disk cannot be read.
        """
        await self.flush()
        return await self._find(Query(after, before, limit, tuple(kinds), agent, newest))

    def remember(self, key: str, value: JsonValue) -> None:
        """Keep a small fact under a key, in one order with the events; None forgets it.

        What is written with an event before or after it is on the disk together with it or follows it.
        """
        key.encode()
        self._facts[key] = None if value is None else as_text(value)
        self._writer.put(Fact(key, self._facts[key]))

    async def recall(self, prefix: str = "") -> dict[str, JsonValue]:
        """The facts whose keys begin with ``prefix``, as last remembered."""
        return {
            key: json.loads(text)
            for key, text in sorted(self._facts.items())
            if key.startswith(prefix) and text is not None
        }

    async def prune(self, before: float) -> int:
        """Delete the events older than ``before`` (unix seconds); returns how many. Facts stay."""
        if self._closed:
            return 0
        return await self._settled(lambda done: Prune(before, done))

    async def close(self) -> None:
        """Write all that waits, end every subscription and the thread."""
        if self._closed:
            return
        self._closed = True
        await self._settled(lambda done: Waiter(done, last=True))
        await asyncio.to_thread(self._writer.join)
        self._broadcast.close()

    async def _settled(self, order: Callable[[Callable[[int], None]], Waiter | Prune]) -> int:
        future: asyncio.Future[int] = self._loop.create_future()

        def done(count: int) -> None:
            # Who waited may have been cancelled meanwhile.
            if not future.done():
                future.set_result(count)

        self._writer.put(order(done))
        return await future

    def _tell(self, outcome: Outcome) -> None:
        """The writer's thread speaks."""
        # A loop that was closed under us has nobody left to tell.
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._hear, outcome)

    def _hear(self, outcome: Outcome) -> None:
        if outcome.degraded is not None:
            self.degraded = outcome.degraded
            self.append("journal.degraded", why=outcome.degraded)
        if outcome.recovered is not None:
            self.degraded = None
            self._facts = {**outcome.facts, **self._facts}
            self._recover(outcome.recovered)
            self.append("journal.recovered", kept=outcome.kept, lost=outcome.lost)
        self._broadcast.publish(outcome.events)
        for done, count in outcome.done:
            done(count)

    def _recover(self, opened: Opened) -> None:
        self._tell_of_damage(opened)
        if opened.fresh:
            for key, text in self._facts.items():
                self._writer.put(Fact(key, text))

    def _tell_of_damage(self, opened: Opened) -> None:
        if opened.set_aside is not None:
            self.append("journal.set_aside", file=str(opened.set_aside), why=opened.damage)

    async def _page(self, after: int, limit: int) -> Sequence[Event]:
        return await self._find(Query(after=after, limit=limit))

    async def _find(self, query: Query) -> list[Event]:
        try:
            return await asyncio.to_thread(self._look_up, query)
        except FAULTS as error:
            # The writer may not have noticed yet. Once it has, there is a sound file, or memory, to read from.
            self._writer.put(Inspect(str(error)))
            await self.flush()
        try:
            return await asyncio.to_thread(self._look_up, query)
        except FAULTS as error:
            raise JournalUnavailable(f"{self._path} cannot be read: {error}") from error

    def _look_up(self, query: Query) -> list[Event]:
        degraded = self._writer.degraded
        # Taken before the disk is read: what the disk gets meanwhile is found twice, and never not at all.
        kept = [event for event in self._writer.backlog.events() if query.matches(event)] if degraded else []
        try:
            stored = read(self._path, query)
        except FAULTS:
            if not degraded:
                raise
            stored = []
        merged = {event.seq: event for event in (*stored, *kept)}
        return query.cut([merged[seq] for seq in sorted(merged)])


def _open(path: Path, now: float) -> tuple[Opened | None, str, int, dict[str, str]]:
    try:
        opened = open_database(path, now)
        return opened, "", opened.database.last_seq, opened.database.facts()
    except FAULTS as error:
        return None, fault_of(error), 0, {}
