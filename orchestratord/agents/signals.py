"""What hooks and screen have told lately, and what of it was believed: for whoever asks why a state is what it is."""

from collections import deque
from dataclasses import dataclass
from typing import Final

from pydantic import JsonValue

from orchestratord.agents.activity import Belief, Source
from orchestratord.providers.base import Activity, Reading

__all__ = ["Signal", "Signals", "doubt_about"]

_KEPT: Final = 20


@dataclass(slots=True)
class Signal:
    """One reading, or several in a row that told the same. Times are Unix seconds.

    ``doubt``: why it was not believed, "" when it was. ``reading`` is None for what told nothing.
    """

    source: Source
    why: str
    reading: Reading | None
    doubt: str
    at: float
    last_at: float
    times: int = 1

    def as_json(self) -> dict[str, JsonValue]:
        """``{source, why, activity, dialog, limited_until, error, at, last_at, times, believed, doubt}``."""
        reading = self.reading
        return {
            "source": self.source.value,
            "why": self.why,
            "activity": None if reading is None else reading.activity.value,
            "dialog": reading.dialog.summary if reading is not None and reading.dialog is not None else None,
            "limited_until": None if reading is None else reading.limited_until,
            "error": None if reading is None else reading.error,
            "at": self.at,
            "last_at": self.last_at,
            "times": self.times,
            "believed": not self.doubt,
            "doubt": self.doubt,
        }


class Signals:
    """The last ones of one launch, oldest first, and the very last of each source."""

    def __init__(self) -> None:
        self.recent: deque[Signal] = deque(maxlen=_KEPT)
        self.last: dict[Source, Signal] = {}

    def note(self, reading: Reading, source: Source, at: float, doubt: str) -> None:
        """A reading, and why it was not believed."""
        self._add(Signal(source, reading.why, reading, doubt, at, at))

    def note_nothing(self, why: str, source: Source, at: float) -> None:
        """A hook or a look that said nothing about what the agent does."""
        self._add(Signal(source, why, None, "it says nothing about what the agent does", at, at))

    def _add(self, signal: Signal) -> None:
        before = self.last.get(signal.source)
        if before is not None and before is self.recent[-1] and _same(before, signal):
            before.last_at, before.times = signal.at, before.times + 1
            return
        self.recent.append(signal)
        self.last[signal.source] = signal


def _same(one: Signal, other: Signal) -> bool:
    return (one.why, one.reading, one.doubt) == (other.why, other.reading, other.doubt)


def doubt_about(before: Belief, after: Belief, reading: Reading, at: float) -> str:
    """Why a reading has not become the belief; "" when it has, or agrees with it."""
    if reading.activity is Activity.UNKNOWN:
        return "it says nothing about what the agent does"
    if after.activity is reading.activity:
        return ""
    if at < before.at:
        return "the look began before what is believed was told"
    if after.doubt:
        return "a hook said otherwise: only a second look in a row is believed"
    return "hooks tell what it does; its screen may only add a dialog or a limit"
