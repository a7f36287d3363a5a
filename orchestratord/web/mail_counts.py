"""How many messages came how far, and how long that took, folded from the journal's events."""

from collections import Counter
from typing import Final

from orchestratord.journal.events import Event
from orchestratord.mail.message import MessageState
from orchestratord.web.spans import Spans

__all__ = ["MailCounts"]

_FAMILY: Final = "message."
_DELIVERY: Final = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 1800.0, 3600.0)
_RESPONSE: Final = (0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1800.0, 3600.0)


class MailCounts:
    """Since the daemon's start."""

    def __init__(self) -> None:
        self.states: Counter[str] = Counter({state.value: 0 for state in MessageState})
        """How often a message came into a state."""
        self.delivery = Spans(_DELIVERY)
        self.response = Spans(_RESPONSE)

    def take(self, event: Event) -> None:
        """Take one event, in the journal's order."""
        state = event.kind.removeprefix(_FAMILY)
        if state == event.kind or state not in self.states:
            return
        self.states[state] += 1
        span = event.data.get("age" if state == MessageState.ACCEPTED else "took")
        if not isinstance(span, int | float):
            return
        if state == MessageState.ACCEPTED:
            self.delivery.add(max(0.0, span))
        elif state == MessageState.ANSWERED:
            self.response.add(max(0.0, span))
