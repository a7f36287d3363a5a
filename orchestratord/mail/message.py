"""What a message is and what may become of it: pure, with the time passed in.

::

    queued ──▶ typed ──▶ submitted ──▶ accepted ──▶ answered
      │ ▲────────┴───────────┘             │
      │      lost before it was taken      └──▶ failed, with the reason
      └──▶ expired · failed · dead · cancelled        failed, dead, expired ── retry ──▶ queued

Before ``accepted`` nobody has read it and it may be typed again; from there on it never is by itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final, Self

from pydantic import JsonValue

from orchestratord.errors import Conflict

__all__ = ["OPERATOR", "Message", "MessageState", "advance", "may_become"]

OPERATOR: Final = "operator"
"""Who writes and is written to outside the cluster; no agent can have this name."""


class MessageState(StrEnum):
    """How far a message has come."""

    QUEUED = "queued"
    """Waits for its agent."""
    TYPED = "typed"
    """Its text is being entered: all, some or nothing of it may stand in the agent's composer."""
    SUBMITTED = "submitted"
    """Enter is being pressed, and not yet seen to have worked."""
    ACCEPTED = "accepted"
    """The agent has it."""
    ANSWERED = "answered"
    """The end: the agent's word for it is in ``answer``."""
    EXPIRED = "expired"
    """The end: nobody could take it in time."""
    FAILED = "failed"
    """The end: it was taken, or could not be, and no answer will come; ``reason`` says why."""
    DEAD = "dead"
    """The end: tried too often."""
    CANCELLED = "cancelled"
    """The end: an operator or its sender took it back in time."""

    @property
    def final(self) -> bool:
        """Whether nothing more happens by itself."""
        return self in _FINAL


_S = MessageState
_FINAL: Final = frozenset({_S.ANSWERED, _S.EXPIRED, _S.FAILED, _S.DEAD, _S.CANCELLED})
_NEXT: Final[Mapping[MessageState, frozenset[MessageState]]] = {
    # Taken without being typed: by an agent that read its inbox, or by an operator, who has no composer.
    _S.QUEUED: frozenset({_S.TYPED, _S.ACCEPTED, _S.ANSWERED, _S.EXPIRED, _S.FAILED, _S.DEAD, _S.CANCELLED}),
    _S.TYPED: frozenset({_S.QUEUED, _S.SUBMITTED, _S.ACCEPTED, _S.EXPIRED, _S.FAILED, _S.DEAD}),
    _S.SUBMITTED: frozenset({
        _S.QUEUED, _S.TYPED, _S.ACCEPTED, _S.ANSWERED, _S.EXPIRED, _S.FAILED, _S.DEAD,
    }),
    _S.ACCEPTED: frozenset({_S.ANSWERED, _S.EXPIRED, _S.FAILED}),
    _S.EXPIRED: frozenset({_S.QUEUED}),
    _S.FAILED: frozenset({_S.QUEUED}),
    _S.DEAD: frozenset({_S.QUEUED}),
    _S.ANSWERED: frozenset(),
    _S.CANCELLED: frozenset(),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Message:
    """One text from one sender to one receiver. Times are Unix seconds."""

    id: str
    """``m`` and a number that is never given twice; a later message has a higher one."""
    sender: str
    """An agent's name, or :data:`OPERATOR`."""
    to: str
    """Likewise."""
    subject: str
    text: str
    """Lines end with a newline; no other control characters but tabs."""
    reply_to: str | None
    """The id of the message that this one replies to."""
    thread: str
    """The id of the message that began it all."""
    urgent: bool
    """Goes before whatever else waits."""
    created_at: float
    queued_at: float
    """When a person or agent last put it into the queue: at first ``created_at``, then with each retry."""
    expires_at: float
    """When it expires, unless it was taken by then."""
    state: MessageState
    since: float
    """When it came into this state."""
    attempts: int = 0
    """How often it was typed since ``queued_at``."""
    reason: str = ""
    """Why it is in this state, where that needs a word."""
    answer: str | None = None
    key: str | None = None
    """What its sender calls it, so that sending it again is still one message."""

    @property
    def number(self) -> int:
        """Its place in the order of all messages."""
        return int(self.id[1:])

    def as_json(self) -> dict[str, JsonValue]:
        """``{id, from, to, …}``, as every door shows it."""
        return {"id": self.id, "from": self.sender, **_of(self, _LETTER[2:]), **_of(self, _STANDING)}

    def letter(self) -> dict[str, JsonValue]:
        """What never changes; the large part."""
        return _of(self, _LETTER)

    def standing(self) -> dict[str, JsonValue]:
        """What changes from state to state."""
        return _of(self, _STANDING)

    @classmethod
    def recalled(cls, letter: JsonValue, standing: JsonValue) -> Self:
        """From what :meth:`letter` and :meth:`standing` once said. Raises ValueError, TypeError or KeyError."""
        if not isinstance(letter, dict) or not isinstance(standing, dict):
            raise TypeError("a message is two objects")
        given: dict[str, object] = {**letter, **standing}
        state = MessageState(str(given.pop("state")))
        # Whatever a later release has added is not ours to read.
        message = cls(**{name: given[name] for name in (*_LETTER, *_STANDING) if name != "state"}, state=state)  # type: ignore[arg-type]  # each as it was written
        int(message.id[1:])
        return message


_LETTER: Final = (
    "id", "sender", "to", "subject", "text", "reply_to", "thread", "urgent", "created_at", "key",
)  # fmt: skip
_STANDING: Final = ("state", "since", "queued_at", "expires_at", "attempts", "reason", "answer")


def _of(message: Message, names: tuple[str, ...]) -> dict[str, JsonValue]:
    return {name: getattr(message, name) for name in names}


def may_become(message: Message, to: MessageState) -> bool:
    """Whether :func:`advance` would do it."""
    return to in _NEXT[message.state]


def advance(message: Message, to: MessageState, now: float, *, reason: str = "", answer: str | None = None) -> Message:
    """The message in its next state. Raises Conflict where there is no such way.

    Typing counts an attempt. A retry (from an end back to ``queued``) begins anew, with as long to live as it had.
    """
    if not may_become(message, to):
        raise Conflict(f"message {message.id} is {message.state} and cannot become {to}")
    later = replace(message, state=to, since=now, reason=reason, answer=answer)
    if to is MessageState.TYPED:
        return replace(later, attempts=message.attempts + 1)
    if message.state.final:
        return replace(later, attempts=0, queued_at=now, expires_at=now + message.expires_at - message.queued_at)
    return later
