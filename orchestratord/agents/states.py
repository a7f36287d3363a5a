"""What an agent can be, and what may follow what."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

__all__ = ["MAY_FOLLOW", "Desired", "State"]


class Desired(StrEnum):
    """What the operator wants of an agent; survives the daemon."""

    RUNNING = "running"
    STOPPED = "stopped"


class State(StrEnum):
    """What is observed of an agent."""

    STOPPED = "stopped"
    STARTING = "starting"
    IDLE = "idle"
    WORKING = "working"
    WAITING = "waiting"
    LIMITED = "limited"
    STOPPING = "stopping"
    BACKOFF = "backoff"
    FAILED = "failed"
    UNKNOWN = "unknown"

    @property
    def settled(self) -> bool:
        """Whether nothing is under way: what waits for a start or a stop need not wait on."""
        return self not in {State.STARTING, State.STOPPING, State.BACKOFF}


_UP: Final = frozenset({State.IDLE, State.WORKING, State.WAITING, State.LIMITED, State.UNKNOWN})
_ENDED: Final = frozenset({State.STOPPED, State.STARTING, State.BACKOFF, State.FAILED, State.LIMITED})
"""What an end may lead to: at rest, at once again, later again, given up, or when a usage limit is over."""

MAY_FOLLOW: Final[Mapping[State, frozenset[State]]] = {
    # A daemon finds agents as its predecessor left them, in any state.
    State.STOPPED: _UP | {State.STARTING, State.BACKOFF, State.FAILED, State.STOPPING},
    State.STARTING: (_UP | _ENDED | {State.STOPPING}) - {State.STARTING},
    **{state: (_UP | _ENDED | {State.STOPPING}) - {state} for state in _UP},
    State.STOPPING: frozenset({State.STOPPED, State.STARTING, State.BACKOFF, State.FAILED}),
    State.BACKOFF: frozenset({State.STARTING, State.STOPPING, State.STOPPED, State.FAILED, State.LIMITED}),
    State.FAILED: frozenset({State.STARTING, State.STOPPED, State.STOPPING}),
}
