"""The next step of bringing one message into one agent's pane: a decision from what is known and seen, with its reason.

The text goes in as a paste, and Enter follows only after a look that finds exactly this text in the prompt box, no
dialog, and nobody at the keyboard. What cannot be told from a look alone is waited for, never guessed: an Enter too
many can approve a dialog, a paste too many is a message twice.
"""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from orchestratord.agents.entry import Look
from orchestratord.agents.states import State
from orchestratord.mail.message import Message, MessageState
from orchestratord.mail.rendering import alike, rendered
from orchestratord.providers.base import Activity, Composer

__all__ = ["Attempt", "Decision", "Receiver", "Rules", "Step", "decide", "noted"]


class Step(StrEnum):
    """What to do now."""

    REST = "rest"
    """Nothing, until something happens."""
    AGAIN = "again"
    """Nothing yet; look again."""
    LOOK = "look"
    """Look at the pane, then decide again."""
    BEGIN = "begin"
    """Write down that it is being typed."""
    PASTE = "paste"
    COMMIT = "commit"
    """Write down that Enter is being pressed."""
    PRESS = "press"
    REQUEUE = "requeue"
    """It was not taken: begin again."""
    EXPIRE = "expire"
    FAIL = "fail"
    BURY = "bury"
    """It was tried too often."""


@dataclass(frozen=True, slots=True)
class Decision:
    """The step, why, and for ``again`` after how many seconds (None: soon, then ever later)."""

    step: Step
    reason: str
    after: float | None = None


@dataclass(frozen=True, slots=True)
class Receiver:
    """An agent as far as its mail is concerned; ``since``: Unix seconds since when it is in its state."""

    state: State
    since: float
    reason: str
    launch: str | None
    held: bool


@dataclass(frozen=True, slots=True)
class Attempt:
    """The message in hand, into which launch it goes, and what was done for that, in Unix seconds.

    ``emptied_at``: since when, after Enter, the prompt box is empty and no work is seen. ``accepted_at``: when the
    agent's own word for it was given.
    """

    message: str
    launch: str
    pasted_at: float | None = None
    pressed_at: float | None = None
    presses: int = 0
    emptied_at: float | None = None
    accepted_at: float | None = None


@dataclass(frozen=True, slots=True)
class Rules:
    """The settings that matter here; ``human_pause`` in seconds."""

    queue_while_working: bool = False
    human_pause: float = 3.0
    max_attempts: int = 5


_ARRIVAL: Final = 6.0
"""Seconds that a paste may take to be seen, before it counts as swallowed; a CLI reads nothing while it runs a hook."""
_HOOK_LATE: Final = 6.0
"""Seconds that a hook's report may be late; the CLI itself gives up on it after five."""
_ENTER_AGAIN: Final = (1.0, 2.0, 4.0)
"""Seconds until an Enter that changed nothing counts as lost; a CLI that is merely slow must not get two."""
_SOMEBODY_ELSE: Final = 0.5
"""Seconds between two looks while it is a human's turn."""


def decide(
    message: Message, receiver: Receiver | None, attempt: Attempt | None, look: Look | None, rules: Rules, now: float
) -> Decision:
    """What to do for the first message of an agent. Without a ``look`` the answer may be to take one.

    ``receiver``: None when the configuration has it no more. ``attempt``: None when nothing was done for it yet.
    """
    if receiver is None:
        return Decision(Step.FAIL, f"there is no agent {message.to} any more")
    if attempt is not None and attempt.launch != receiver.launch and message.state is not MessageState.QUEUED:
        return _after_its_end(message, receiver)
    if message.state is MessageState.ACCEPTED:
        return _until_answered(message, receiver, now)
    if message.state is MessageState.QUEUED and message.attempts >= rules.max_attempts:
        return Decision(Step.BURY, f"typed {message.attempts} times and never taken")
    if obstacle := _obstacle(receiver, rules):
        return _late(message, attempt, now) or Decision(Step.REST, obstacle)
    if look is None:
        return Decision(Step.LOOK, "it can take a message")
    return _seen(message, receiver, attempt, look, rules, now)


def noted(message: Message, attempt: Attempt, look: Look) -> Attempt:
    """The attempt with what this look says of it."""
    emptied = look.composer is not None and not look.composer.text and not _works(look)
    if message.state is not MessageState.SUBMITTED or not emptied:
        return replace(attempt, emptied_at=None)
    return attempt if attempt.emptied_at is not None else replace(attempt, emptied_at=look.at)


def _after_its_end(message: Message, receiver: Receiver) -> Decision:
    if message.state is MessageState.ACCEPTED:
        return Decision(Step.FAIL, f"{message.to} ended before it answered; it is {receiver.state}: {receiver.reason}")
    return Decision(Step.REQUEUE, f"{message.to} ended before it took the text")


def _until_answered(message: Message, receiver: Receiver, now: float) -> Decision:
    if receiver.state is not State.IDLE:
        return Decision(Step.REST, f"{message.to} is {receiver.state}: {receiver.reason}")
    over = max(receiver.since, message.since) + _HOOK_LATE
    if now < over:
        return Decision(Step.AGAIN, "its turn is over; its word for it may still come", over - now)
    return Decision(Step.FAIL, "its turn was cancelled: it ended without an answer")


def _obstacle(receiver: Receiver, rules: Rules) -> str:
    if receiver.held:
        return "held by an operator"
    fit = {State.IDLE, State.WORKING} if rules.queue_while_working else {State.IDLE}
    return "" if receiver.state in fit else f"it is {receiver.state}: {receiver.reason}"


def _late(message: Message, attempt: Attempt | None, now: float) -> Decision | None:
    """Whether its time is over. What may be in the pane already is left to come to its end, while it can."""
    untouched = attempt is None or attempt.pasted_at is None
    if message.state is MessageState.TYPED and untouched and now >= message.expires_at:
        return Decision(Step.EXPIRE, "nobody could take it in time")
    return None


def _seen(
    message: Message, receiver: Receiver, attempt: Attempt | None, look: Look, rules: Rules, now: float
) -> Decision:
    expired = Decision(Step.EXPIRE, "something else stood in its way until its time was over")
    over = message.state is not MessageState.QUEUED and now >= message.expires_at
    if stranger := _somebody_else(look, receiver, rules, now):
        return expired if over else stranger
    if look.composer is None:
        return expired if over else Decision(Step.AGAIN, "no prompt box is to be seen")
    if not look.composer.text:
        return _with_empty_box(message, attempt, look, now)
    if attempt is None or message.state is MessageState.QUEUED or not _holds(look.composer, rendered(message)):
        return expired if over else Decision(Step.AGAIN, "a draft stands in the prompt box", _SOMEBODY_ELSE)
    return _with_its_text(message, attempt, now)


def _somebody_else(look: Look, receiver: Receiver, rules: Rules, now: float) -> Decision | None:
    if look.launch != receiver.launch:
        return Decision(Step.AGAIN, "it was started anew during the look")
    if look.dialog is not None:
        return Decision(Step.AGAIN, f"a dialog is up: {look.dialog.text}", _SOMEBODY_ELSE)
    if look.in_mode:
        return Decision(Step.AGAIN, "somebody scrolls in its pane", _SOMEBODY_ELSE)
    if look.last_key_at is not None and (rest := look.last_key_at + rules.human_pause - now) > 0:
        return Decision(Step.AGAIN, "a human has just typed", rest)
    if _works(look) and not rules.queue_while_working:
        return Decision(Step.AGAIN, "its screen shows work")
    return None


def _works(look: Look) -> bool:
    return look.reading is not None and look.reading.activity is Activity.WORKING


def _with_empty_box(message: Message, attempt: Attempt | None, look: Look, now: float) -> Decision:
    if attempt is None or message.state is MessageState.QUEUED:
        return Decision(Step.BEGIN, "it is idle and its prompt box is empty")
    if message.state is MessageState.TYPED:
        if attempt.pasted_at is None:
            return Decision(Step.PASTE, "its prompt box is empty")
        return _patiently(attempt.pasted_at + _ARRIVAL, now, "the text was swallowed")
    if attempt.emptied_at is None or _works(look):
        return Decision(Step.AGAIN, "Enter has emptied the prompt box; the agent's word for it is to come")
    return _patiently(attempt.emptied_at + _HOOK_LATE, now, "the prompt box is empty, and no turn has begun")


def _patiently(until: float, now: float, otherwise: str) -> Decision:
    return Decision(Step.AGAIN, "it may still be seen") if now < until else Decision(Step.REQUEUE, otherwise)


def _with_its_text(message: Message, attempt: Attempt, now: float) -> Decision:
    if message.state is MessageState.TYPED:
        return Decision(Step.COMMIT, "exactly its text stands in the prompt box")
    if attempt.pressed_at is None:
        return Decision(Step.PRESS, "exactly its text stands in the prompt box")
    patience = _ENTER_AGAIN[min(attempt.presses, len(_ENTER_AGAIN)) - 1] if attempt.presses else _ENTER_AGAIN[0]
    if now < attempt.pressed_at + patience:
        return Decision(Step.AGAIN, "Enter may still be taken")
    return Decision(Step.PRESS, f"Enter was lost ({attempt.presses} so far): the text still stands there")


def _holds(composer: Composer, text: str) -> bool:
    """Whether the box shows this text and nothing else. It is wrapped there."""
    if composer.lines is not None:
        return composer.lines == text.count("\n")
    if composer.characters is not None:
        return composer.characters == len(text)
    return alike(composer.text, text)
