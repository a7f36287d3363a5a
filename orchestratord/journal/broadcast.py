"""Readers that follow the journal: first what stands on the disk, then what comes, without a gap or a double."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from types import TracebackType
from typing import Final, Self

from orchestratord.errors import OrchestratorError
from orchestratord.journal.events import Event

__all__ = ["Broadcast", "Subscription", "TooSlow"]

_PAGE: Final = 500
"""Events fetched from the disk at a time."""


class TooSlow(OrchestratorError):
    """A reader has more events waiting than it may have. It reads on by subscribing again after its last one."""

    code = "too_slow"


class Subscription:
    """An asynchronous iterator over events, for one reader; a context manager that ends it.

    While it replays it takes nothing from the live stream, so a long replay needs no memory: what is published
    meanwhile stands on the disk and comes with a later page.
    """

    def __init__(
        self,
        broadcast: "Broadcast",
        fetch: Callable[[int, int], Awaitable[Sequence[Event]]],
        *,
        after: int,
        replay: bool,
        capacity: int,
    ) -> None:
        self._broadcast = broadcast
        self._fetch = fetch
        self._given = after
        """Number of the last event given to the reader or waiting for it."""
        self._published = after
        """Number of the last event that went by."""
        self._replaying = replay
        self._capacity = capacity
        self._waiting: deque[Event] = deque()
        self._news = asyncio.Event()
        self._closed = False
        self._too_slow = False

    def offer(self, events: Sequence[Event]) -> None:
        """The broadcast's side: these have just become durable."""
        self._published = events[-1].seq
        if not self._replaying:
            fresh = [event for event in events if event.seq > self._given]
            if len(self._waiting) + len(fresh) > self._capacity:
                self._too_slow = True
                self._waiting.clear()
                self._broadcast.leave(self)
            elif fresh:
                self._waiting.extend(fresh)
                self._given = fresh[-1].seq
        self._news.set()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Event:
        """The next event. Raises :class:`TooSlow` when too many wait."""
        while not self._waiting:
            if self._too_slow:
                raise TooSlow(
                    f"more than {self._capacity} events were waiting to be read",
                    hint="Read faster, or subscribe again after the last event you have.",
                )
            if self._closed:
                raise StopAsyncIteration
            if self._replaying:
                await self._turn_page()
            else:
                self._news.clear()
                await self._news.wait()
        return self._waiting.popleft()

    async def _turn_page(self) -> None:
        went_by = self._published
        page = await self._fetch(self._given, _PAGE)
        if page:
            self._waiting.extend(page)
            self._given = page[-1].seq
        elif self._published == went_by:
            # Nothing was published since that page was read, and nothing can be before this line ends: both
            # happen on the loop. From here on every event comes through offer(). What went by and is not on the
            # disk was pruned, or let go in memory: nobody can wait for it.
            self._given = max(self._given, went_by)
            self._replaying = False

    def close(self) -> None:
        """End it: the reader gets what is waiting, then the end."""
        self._closed = True
        self._news.set()
        self._broadcast.leave(self)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class Broadcast:
    """Everybody who follows."""

    def __init__(self) -> None:
        self._subscriptions: set[Subscription] = set()

    def join(self, subscription: Subscription) -> None:
        """From now on it is offered what becomes durable."""
        self._subscriptions.add(subscription)

    def leave(self, subscription: Subscription) -> None:
        """No more."""
        self._subscriptions.discard(subscription)

    def publish(self, events: Sequence[Event]) -> None:
        """Offer events that have become durable, in order."""
        for subscription in tuple(self._subscriptions) if events else ():
            subscription.offer(events)

    def close(self) -> None:
        """End every subscription."""
        for subscription in tuple(self._subscriptions):
            subscription.close()
