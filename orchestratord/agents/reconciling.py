"""The one place where what is wished and what is there meet: the next step of an agent's life."""

from dataclasses import dataclass
from enum import Enum, auto

from orchestratord.agents.states import Desired

__all__ = ["Situation", "Step", "next_step"]


class Step(Enum):
    """What is to be done next."""

    START = auto()
    END = auto()
    AWAIT_RESTART = auto()
    REST = auto()


@dataclass(frozen=True, slots=True)
class Situation:
    """All that the next step depends on.

    ``anew``: an operator asked for an end and a new start. ``asked``: an operator asked for this very start, which
    neither a hold nor an earlier failure forbids. ``resting``: it is not to be started again by itself (failed or
    done). ``scheduled``: a restart is decided, for later.
    ``ready_to_start``: there is a session to start it in.
    """

    desired: Desired
    alive: bool
    anew: bool = False
    asked: bool = False
    held: bool = False
    resting: bool = False
    scheduled: bool = False
    ready_to_start: bool = True


def next_step(situation: Situation) -> Step:
    """An operator's stop wins over everything; what lives is left alone unless it is to end."""
    if situation.alive:
        return Step.END if situation.desired is Desired.STOPPED or situation.anew else Step.REST
    if situation.desired is Desired.STOPPED or not situation.ready_to_start:
        return Step.REST
    if situation.asked:
        return Step.START
    if situation.held or situation.resting:
        return Step.REST
    return Step.AWAIT_RESTART if situation.scheduled else Step.START
