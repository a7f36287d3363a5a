"""What an agent's turn says of the message in hand."""

from dataclasses import dataclass
from typing import Final

from orchestratord.agents.turns import Turn, TurnKind
from orchestratord.mail.delivery import Attempt
from orchestratord.mail.message import Message, MessageState
from orchestratord.mail.rendering import alike, rendered

__all__ = ["Outcome", "outcome_of"]

_ON_ITS_WAY: Final = frozenset({MessageState.QUEUED, MessageState.TYPED, MessageState.SUBMITTED})


@dataclass(frozen=True, slots=True)
class Outcome:
    """The states that the message takes now, one after the other, with the last one's answer or reason."""

    states: tuple[MessageState, ...]
    reason: str = ""
    answer: str | None = None


def outcome_of(turn: Turn, message: Message, attempt: Attempt) -> Outcome | None:
    """What becomes of the message; None: nothing, the turn is somebody else's or says nothing about its end.

    A report may come twice, and late: what happened before the text was typed, or before the message was accepted,
    is about another message, be its text the same.
    """
    if turn.launch != attempt.launch:
        return None
    if turn.kind is TurnKind.PROMPT:
        return Outcome((MessageState.ACCEPTED,)) if _begins(turn, message, attempt) else None
    if message.state is MessageState.ACCEPTED and turn.at >= (attempt.accepted_at or 0.0):
        first: tuple[MessageState, ...] = ()
    elif message.state is MessageState.SUBMITTED and attempt.emptied_at is not None and turn.at >= attempt.emptied_at:
        # Its prompt was never reported, but its turn has ended: the box was emptied by this very Enter.
        first = (MessageState.ACCEPTED,)
    else:
        return None
    match turn.kind:
        case TurnKind.ANSWERED:
            return Outcome((*first, MessageState.ANSWERED), answer=turn.reply or "")
        case TurnKind.FAILED:
            return Outcome((*first, MessageState.FAILED), reason=turn.error or "its turn failed")
        case TurnKind.LIMITED:
            return Outcome((*first, MessageState.FAILED), reason=turn.error or "its usage limit is used up")
        case _:
            return None


def _begins(turn: Turn, message: Message, attempt: Attempt) -> bool:
    if message.state not in _ON_ITS_WAY or attempt.pasted_at is None:
        return False
    if turn.prompt is None:  # a CLI without hooks: its screen began to work after our Enter
        return message.state is MessageState.SUBMITTED and attempt.pressed_at is not None
    return turn.at >= attempt.pasted_at and alike(rendered(message), turn.prompt)
