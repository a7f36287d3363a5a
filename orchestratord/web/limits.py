"""How much a client may take: all the door's limits in one value, and the rate of its requests."""

from collections import OrderedDict
from dataclasses import dataclass

__all__ = ["Limits", "Rate"]

_PEERS_REMEMBERED = 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """Sizes in bytes, times in seconds, rates in requests a second.

    The defaults suit a dashboard, a Prometheus and scripts; tests put smaller ones.
    """

    connections: int = 256
    connections_per_peer: int = 64
    header_lines: int = 64
    header_field_bytes: int = 4 * 1024
    header_line_bytes: int = 8 * 1024
    body_bytes: int = 1024 * 1024
    header_deadline: float = 10.0
    body_deadline: float = 20.0
    idle_deadline: float = 75.0
    unread_deadline: float = 15.0
    unread_bytes: int = 256 * 1024
    handshake_deadline: float = 10.0
    closing_deadline: float = 2.0
    rate: float = 100.0
    burst: int = 200
    streams: int = 32
    heartbeat: float = 15.0


class Rate:
    """A token bucket a key: ``burst`` at once, then ``rate`` a second; time is passed in.

    Remembers a bounded number of keys. The one forgotten is the one unheard of longest, whose bucket is full again
    unless more than a thousand others came meanwhile.
    """

    def __init__(self, rate: float, burst: int) -> None:
        self._rate = rate
        self._burst = burst
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait(self, key: str, now: float) -> float:
        """Take one from the bucket of ``key``: 0.0 when there was one, else the seconds until there will be."""
        left, then = self._buckets.pop(key, (float(self._burst), now))
        left = min(float(self._burst), left + (now - then) * self._rate)
        allowed = left >= 1.0
        self._buckets[key] = (left - 1.0 if allowed else left, now)
        if len(self._buckets) > _PEERS_REMEMBERED:
            self._buckets.popitem(last=False)
        return 0.0 if allowed else (1.0 - left) / self._rate
