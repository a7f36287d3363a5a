"""What to believe about what an agent does, when its hooks and its screen do not tell the same."""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from orchestratord.providers.base import Activity, Dialog, DialogKind, Reading

__all__ = ["NOTHING_YET", "Belief", "Source", "believe", "look_after"]


class Source(StrEnum):
    """Who told."""

    HOOK = "hook"
    SCREEN = "screen"
    DAEMON = "daemon"


@dataclass(frozen=True, slots=True)
class Belief:
    """What an agent is believed to do, since when (Unix seconds), and who said so.

    ``doubt``: the last look at the screen contradicted a hook; a second one in a row is believed.
    """

    activity: Activity
    why: str
    source: Source
    at: float
    dialog: Dialog | None = None
    limited_until: float | None = None
    doubt: bool = False

    @property
    def before_the_prompt(self) -> bool:
        """Whether it has not even begun, because a human has to answer first."""
        return self.dialog is not None and self.dialog.kind in {DialogKind.TRUST, DialogKind.LOGIN}


NOTHING_YET: Final = Belief(Activity.UNKNOWN, "nothing told yet", Source.DAEMON, 0.0)

_ONLY_A_SCREEN_KNOWS: Final = frozenset({Activity.WAITING, Activity.LIMITED})


def believe(belief: Belief, reading: Reading, source: Source, at: float, *, hooks_tell: bool) -> Belief:
    """The belief after a reading; the same object when it changes nothing.

    Hooks are believed. Where they tell (``hooks_tell``), the screen may add a dialog or a limit, take back what only a
    screen knows, and end work that no hook ended: a turn cancelled by hand fires none, so a screen that shows idle
    twice in a row is right. ``at`` is when the hook fired or the look began: a look older than the last hook tells
    nothing.
    """
    if reading.activity is Activity.UNKNOWN:
        return belief
    if source is Source.HOOK or not hooks_tell:
        return _renewed(belief, reading, source, at)
    if at < belief.at:
        return belief
    if reading.activity in _ONLY_A_SCREEN_KNOWS or belief.activity is Activity.UNKNOWN:
        return _renewed(belief, reading, source, at)
    if belief.activity in _ONLY_A_SCREEN_KNOWS or belief.source is Source.SCREEN:
        return _renewed(belief, reading, source, at)
    if belief.activity is Activity.WORKING and reading.activity is Activity.IDLE:
        return _renewed(belief, reading, source, at) if belief.doubt else replace(belief, doubt=True)
    return replace(belief, doubt=False) if belief.doubt else belief


def _renewed(belief: Belief, reading: Reading, source: Source, at: float) -> Belief:
    dialog = reading.dialog
    same_kind = belief.dialog is not None and dialog is not None and belief.dialog.kind is dialog.kind
    reminder = same_kind and dialog is not None and not dialog.text
    if reminder:
        dialog = belief.dialog
    same = (belief.activity, belief.dialog, belief.limited_until) == (reading.activity, dialog, reading.limited_until)
    if same and (belief.source is source or source is Source.SCREEN or reminder):
        return replace(belief, doubt=False) if belief.doubt else belief
    # What a hook has told of, its screen shows in words of its own: that is not another dialog.
    shown = same_kind and belief.source is Source.HOOK and source is Source.SCREEN
    since = belief.at if same or shown else at
    return Belief(reading.activity, reading.why, source, since, dialog, reading.limited_until)


_STARTING: Final = (0.1, 0.2, 0.4)
_SOON: Final = 1.0
_SELDOM: Final = 5.0


def look_after(belief: Belief, *, started: bool, looks: int, hooks_tell: bool, screen_tells: bool) -> float | None:
    """Seconds until the next look at the screen is worth its price; None: only a hook or an end brings news.

    ``started``: it has become ready once. ``looks``: how many there were since it began to start.
    An agent that idles and has hooks is never looked at.
    """
    if not screen_tells:
        return None
    if not started:
        return _STARTING[looks] if looks < len(_STARTING) else _SOON
    if not hooks_tell:
        return _SOON
    if belief.activity is Activity.IDLE:
        return None
    return _SOON if belief.doubt or belief.activity in {Activity.WORKING, Activity.WAITING} else _SELDOM
