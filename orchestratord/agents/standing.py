"""In which state an agent is, since when and why; every change is an event."""

from collections.abc import Callable
from typing import Final

import structlog
from pydantic import JsonValue

from orchestratord.agents.bell import Bell
from orchestratord.agents.states import MAY_FOLLOW, State
from orchestratord.journal.store import Journal

__all__ = ["Standing"]

_KINDS: Final = {
    State.STARTING: "agent.starting",
    State.STOPPING: "agent.stopping",
    State.STOPPED: "agent.stopped",
    State.BACKOFF: "agent.backoff",
    State.FAILED: "agent.failed",
}
_log = structlog.get_logger(__name__)


class Standing:
    """One agent's state; ``bell`` rings at every change of state or reason. Times are Unix seconds."""

    def __init__(self, name: str, journal: Journal, clock: Callable[[], float]) -> None:
        self._name = name
        self._journal = journal
        self._clock = clock
        self.bell = Bell()
        self.state = State.STOPPED
        self.reason = "not started yet"
        self.since = clock()

    def becomes(self, state: State, reason: str, kind: str = "", **data: JsonValue) -> None:
        """Change the state and say so in the journal; a mere change of the reason is no event.

        ``kind`` is the event's kind where the state's own does not say it (``agent.ready``, ``agent.adopted``).
        """
        before = self.state
        if state is not before:
            if state not in MAY_FOLLOW[before]:
                _log.error("a transition that the plan does not know", agent=self._name, before=before, state=state)
            self.state, self.since = state, self._clock()
            self._journal.append(
                kind or _KINDS.get(state, "agent.state"),
                self._name,
                **{"state": state.value, "before": before.value, "reason": reason, **data},
            )
        elif kind:
            self._journal.append(kind, self._name, **{"state": state.value, "reason": reason, **data})
        elif reason == self.reason:
            return
        self.reason = reason
        self.bell.ring()

    def found(self, state: State, reason: str) -> None:
        """Take up the state that a predecessor left, which is no change."""
        self.state, self.reason, self.since = state, reason, self._clock()
