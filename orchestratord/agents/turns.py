"""Turns: what an agent was asked, and how that ended, made of what its hooks and its screen tell."""

import contextlib
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from orchestratord.agents.activity import Belief, Source
from orchestratord.providers.base import Activity, Reading

__all__ = ["Turn", "TurnKind", "Turns", "kind_of"]


class TurnKind(StrEnum):
    """What happened to a turn."""

    PROMPT = "prompt"
    """It began."""
    ANSWERED = "answered"
    FAILED = "failed"
    """It ended with an error."""
    CANCELLED = "cancelled"
    """It ended without a word, which is how a turn ends that a human interrupted."""
    DIALOG = "dialog"
    """It waits for a human."""
    LIMITED = "limited"
    """It ended because a usage limit is used up."""
    ENDED = "ended"
    """The process ended, and with it whatever it was at."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One thing that happened to a turn of one launch; ``prompt``, ``reply`` and ``error`` where the CLI told them.

    ``at`` is Unix seconds. ``error`` is the dialog's words for one that waits, hostile text like all the others.
    """

    agent: str
    launch: str
    kind: TurnKind
    at: float
    prompt: str | None = None
    reply: str | None = None
    error: str | None = None


@dataclass(slots=True)
class Turns:
    """Everybody who follows the turns of a cluster."""

    _followers: list[Callable[[Turn], None]] = field(default_factory=list)

    def follow(self, callback: Callable[[Turn], None]) -> Callable[[], None]:
        """Have every turn given to ``callback``, on the loop; call what is returned to end that."""
        self._followers.append(callback)

        def unfollow() -> None:
            with contextlib.suppress(ValueError):
                self._followers.remove(callback)

        return unfollow

    def tell(self, turn: Turn) -> None:
        """Give it to all."""
        for follower in tuple(self._followers):
            follower(turn)


def kind_of(before: Belief, after: Belief, reading: Reading, source: Source, *, hooks_tell: bool) -> TurnKind | None:
    """What a reading says of a turn; None: nothing that was not known. Where hooks tell, a screen only adds to them."""
    if source is Source.HOOK:
        return _by_hook(before, reading)
    if after.activity is before.activity or after.activity is not reading.activity:
        return None
    match after.activity:
        case Activity.LIMITED:
            return TurnKind.LIMITED
        case Activity.WAITING:
            return TurnKind.DIALOG
        case Activity.WORKING if not hooks_tell:
            return TurnKind.PROMPT
        case Activity.IDLE if before.activity in {Activity.WORKING, Activity.WAITING}:
            if reading.error is not None:
                return TurnKind.FAILED
            return TurnKind.CANCELLED if hooks_tell else TurnKind.ANSWERED
        case _:
            return None


def _by_hook(before: Belief, reading: Reading) -> TurnKind | None:
    if reading.activity is Activity.LIMITED:
        return TurnKind.LIMITED
    if reading.prompt is not None:
        return TurnKind.PROMPT
    if reading.error is not None:
        return TurnKind.FAILED
    if reading.reply is not None:
        return TurnKind.ANSWERED
    waits = reading.activity is Activity.WAITING and reading.dialog != before.dialog
    return TurnKind.DIALOG if waits else None
