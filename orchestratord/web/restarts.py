"""How often agents were restarted and why, folded from the journal's events."""

from collections import Counter
from collections.abc import Mapping
from typing import Final

from orchestratord.journal.events import Event

__all__ = ["Restarts"]

_OPERATOR: Final = "operator"
_UNKNOWN: Final = "unknown"


class Restarts:
    """Counts by agent and reason: the cause of the end that came before, or ``operator``.

    The first start is no restart, nor is one after the agent had been stopped or had failed for good.
    """

    def __init__(self) -> None:
        self._counts: Counter[tuple[str, str]] = Counter()
        self._ended: dict[str, str] = {}

    @property
    def counts(self) -> Mapping[tuple[str, str], int]:
        """``{(agent, reason): restarts}``."""
        return self._counts

    def take(self, event: Event) -> None:
        """Take one event, in the journal's order."""
        agent = event.agent
        if agent is None:
            return
        match event.kind:
            case "agent.stopping":
                self._ended[agent] = _OPERATOR
            case "agent.exited":
                self._ended.setdefault(agent, str(event.data.get("cause") or _UNKNOWN))
            case "agent.stopped" | "agent.failed":
                self._ended.pop(agent, None)
            case "agent.starting" if agent in self._ended:
                self._counts[agent, self._ended.pop(agent)] += 1
