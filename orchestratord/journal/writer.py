"""The one writer: a thread that commits what has gathered, and knows what to do when the disk takes nothing."""

import queue
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from orchestratord.errors import JournalUnavailable
from orchestratord.journal.backlog import Backlog
from orchestratord.journal.damage import is_damage
from orchestratord.journal.database import FAULTS, Database
from orchestratord.journal.events import Event, Row
from orchestratord.journal.opening import Opened, open_database

__all__ = ["Fact", "Inspect", "Outcome", "Prune", "Waiter", "Writer", "fault_of"]

_BATCH: Final = 2_000
"""Orders taken into one transaction."""


@dataclass(frozen=True, slots=True)
class Fact:
    """Keep this under that key; None forgets it."""

    key: str
    text: str | None


@dataclass(frozen=True, slots=True)
class Waiter:
    """Somebody to be told when everything ordered before is settled."""

    done: Callable[[int], None]
    last: bool = False
    """Whether the writer is to end then."""


@dataclass(frozen=True, slots=True)
class Prune:
    """Delete what is older than ``before``; ``done`` gets how many events that were."""

    before: float
    done: Callable[[int], None]
    so_far: int = 0


@dataclass(frozen=True, slots=True)
class Inspect:
    """Somebody met damage while reading: look at the whole file."""

    why: str


Order = Row | Fact | Waiter | Prune | Inspect


@dataclass(slots=True)
class Outcome:
    """What one turn of the writer came to; told on the event loop, turn after turn."""

    events: list[Event] = field(default_factory=list)
    """Settled: on the disk, or in memory while the disk takes nothing."""
    done: list[tuple[Callable[[int], None], int]] = field(default_factory=list)
    degraded: str | None = None
    """Since this turn, why the disk takes nothing."""
    recovered: Opened | None = None
    """The disk takes everything again, and has got what was kept."""
    facts: dict[str, str | None] = field(default_factory=dict)
    """What a file that was opened again knows."""
    kept: int = 0
    lost: int = 0
    """Events that were kept in memory until then, and those that memory could not hold."""


def fault_of(error: Exception) -> str:
    """The reason in words for an operator."""
    if isinstance(error, JournalUnavailable):
        return error.message
    if isinstance(error, OSError) and error.strerror:
        return f"{error.strerror}: {error.filename}" if error.filename else error.strerror
    return str(error)


class Writer:
    """Runs in a thread of its own from the constructor on until a last :class:`Waiter` is settled.

    ``tell`` is called in that thread with every :class:`Outcome`. While the disk takes nothing the file is opened
    anew every ``retry_every`` seconds.
    """

    def __init__(
        self,
        path: Path,
        database: Database | None,
        *,
        clock: Callable[[], float],
        tell: Callable[[Outcome], None],
        retry_every: float,
    ) -> None:
        self.backlog = Backlog()
        self._path = path
        self._database = database
        self._clock = clock
        self._tell = tell
        self._retry_every = retry_every
        self._retry_at = time.monotonic() + retry_every
        self._suspicious = database is None
        self._orders: queue.SimpleQueue[Order] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="journal", daemon=True)
        self._thread.start()

    @property
    def degraded(self) -> bool:
        """Whether events are kept in memory at this moment."""
        return self._database is None

    def put(self, order: Order) -> None:
        """Hand over an order; never waits."""
        self._orders.put(order)

    def join(self) -> None:
        """Wait for the thread's end."""
        self._thread.join()

    def _run(self) -> None:
        last = False
        while not last:
            outcome = Outcome()
            orders = self._gather()
            last = any(isinstance(order, Waiter) and order.last for order in orders)
            for order in orders:
                self._take(order, outcome)
            if self._database is not None:
                self._write(outcome)
            elif last or time.monotonic() >= self._retry_at:
                self._try_again(outcome)
            self._prune([order for order in orders if isinstance(order, Prune)], outcome)
            self._tell(outcome)
        if self._database is not None:
            self._database.close()

    def _gather(self) -> Sequence[Order]:
        """Wait for orders, or for the time to try again, and take all that have gathered."""
        timeout = None if self._database is not None else max(0.0, self._retry_at - time.monotonic())
        orders: list[Order] = []
        try:
            orders.append(self._orders.get(timeout=timeout))
            while len(orders) < _BATCH:
                orders.append(self._orders.get_nowait())
        except queue.Empty:
            pass
        return orders

    def _take(self, order: Order, outcome: Outcome) -> None:
        match order:
            case Row():
                self.backlog.add_row(order)
                outcome.events.append(order.event)
            case Fact():
                self.backlog.add_fact(order.key, order.text)
            case Waiter():
                outcome.done.append((order.done, 0))
            case Inspect():
                if self._database is not None:
                    self._give_up(order.why, outcome, suspicious=True)
            case Prune():
                pass

    def _write(self, outcome: Outcome) -> None:
        if not self.backlog or self._database is None:
            return
        try:
            self._database.write(*self.backlog.contents())
        except FAULTS as error:
            self._give_up(fault_of(error), outcome, suspicious=is_damage(error))
        else:
            self.backlog.clear()

    def _give_up(self, why: str, outcome: Outcome, *, suspicious: bool) -> None:
        if self._database is not None:
            self._close(self._database)
            self._database = None
        outcome.degraded = why
        # Damage is cured by opening, which sets the file aside; a full disk wants time.
        self._suspicious = suspicious
        self._retry_at = time.monotonic() + (0.0 if suspicious else self._retry_every)

    def _try_again(self, outcome: Outcome) -> None:
        self._retry_at = time.monotonic() + self._retry_every
        try:
            opened = open_database(self._path, self._clock(), inspect=self._suspicious)
        except FAULTS:
            return
        rows, facts = self.backlog.contents()
        try:
            opened.database.write(rows, facts)
            outcome.facts.update(opened.database.facts())
        except FAULTS as error:
            self._suspicious = is_damage(error)
            self._close(opened.database)
            return
        outcome.recovered = opened
        outcome.kept = len(rows)
        outcome.lost = self.backlog.lost
        self._database = opened.database
        self._suspicious = False
        self.backlog.clear()

    def _prune(self, prunes: Sequence[Prune], outcome: Outcome) -> None:
        for order in prunes:
            try:
                deleted = self._database.prune(order.before) if self._database is not None else 0
            except FAULTS as error:
                self._give_up(fault_of(error), outcome, suspicious=is_damage(error))
                deleted = 0
            if deleted:
                # What is to be written goes between two portions.
                self._orders.put(Prune(order.before, order.done, order.so_far + deleted))
            else:
                outcome.done.append((order.done, order.so_far))

    @staticmethod
    def _close(database: Database) -> None:
        try:
            database.close()
        except FAULTS:
            # A file that could not be written cannot be closed in order either; it is opened anew.
            return
