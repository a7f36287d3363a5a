"""How many messages came how far, and how long that took, folded from the journal's events."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from typing import Final

from prometheus_client.core import HistogramMetricFamily, Metric

from orchestratord.journal.events import Event
from orchestratord.mail.message import MessageState

__all__ = ["MailCounts", "Spans"]

_FAMILY: Final = "message."
_DELIVERY: Final = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 1800.0, 3600.0)
_RESPONSE: Final = (0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1800.0, 3600.0)


class Spans:
    """A histogram of spans, in seconds."""

    def __init__(self, bounds: Sequence[float]) -> None:
        self._bounds = bounds
        self._counts = [0] * (len(bounds) + 1)
        self._sum = 0.0

    def add(self, seconds: float) -> None:
        """One more."""
        self._counts[bisect_left(self._bounds, seconds)] += 1
        self._sum += seconds

    def family(self, name: str, text: str) -> Metric:
        """As Prometheus wants it: every bucket counts those before it too."""
        so_far, buckets = 0, []
        for bound, count in zip((*map(str, self._bounds), "+Inf"), self._counts, strict=True):
            so_far += count
            buckets.append((bound, so_far))
        return HistogramMetricFamily(name, text, buckets=buckets, sum_value=self._sum)


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
