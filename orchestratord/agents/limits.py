"""Usage limits are dated once: words such as ``resets 7pm`` stay on the screen, and tomorrow mean another day."""

from dataclasses import dataclass, replace

from orchestratord.agents.activity import Source
from orchestratord.providers.base import Activity, Reading

__all__ = ["KnownLimit", "date"]


@dataclass(frozen=True, slots=True)
class KnownLimit:
    """A limit that was told: in which words, and when it is over (Unix seconds)."""

    words: str
    until: float


def date(reading: Reading, source: Source, known: KnownLimit | None, now: float) -> tuple[Reading, KnownLimit | None]:
    """The reading as it must be understood, and the limit that is known from now on.

    A hook tells of a new limit; a screen may only show the old one still. Once that is over, what stands on the
    screen is a normal prompt, or a dialog that nobody has answered.
    """
    if reading.activity is Activity.WORKING:
        return reading, None
    if reading.activity is not Activity.LIMITED:
        return reading, known
    words = reading.error or ""
    if known is None or source is not Source.SCREEN or not (words in known.words or known.words in words):
        return reading, None if reading.limited_until is None else KnownLimit(words, reading.limited_until)
    if now < known.until:
        return replace(reading, limited_until=known.until), known
    activity = Activity.IDLE if reading.dialog is None else Activity.WAITING
    why = f"{reading.why}, which is over"
    return replace(reading, activity=activity, why=why, limited_until=None, error=None), known
