"""What an agent has used, folded from its CLI's reports: a pure account that counts nothing twice."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from pydantic import JsonValue

from orchestratord.providers.telemetry import TOKEN_TYPES, Use

__all__ = ["Account"]

_MOST_STREAMS: Final = 1_000


@dataclass(slots=True)
class Account:
    """Totals for all of an agent's time, and how far each stream of its latest launch has been counted.

    A stream is remembered as ``(start, at, amount)`` of its last report.
    """

    tokens: dict[str, float] = field(default_factory=lambda: dict.fromkeys(TOKEN_TYPES, 0.0))
    cost_usd: float = 0.0
    launch: str = ""
    streams: dict[str, tuple[int, int, float]] = field(default_factory=dict)

    def take(self, launch: str, uses: Iterable[Use]) -> int:
        """Count what a launch reports; returns how many figures were refused, for there are too many streams.

        A report that comes a second time, because its answer was lost, changes nothing.
        """
        if launch != self.launch:
            self.launch, self.streams = launch, {}
        refused = 0
        for use in uses:
            seen = self.streams.get(use.stream)
            room = seen is not None or len(self.streams) < _MOST_STREAMS
            if not room and use.cumulative:
                # Without a memory of its last report the next one would be counted whole again.
                refused += 1
                continue
            grown = _grown(use, seen)
            if use.kind == "cost":
                self.cost_usd += grown
            else:
                self.tokens[use.kind] += grown
            if room and (grown or _is_news(use, seen)):
                self.streams[use.stream] = (use.start, use.at, use.amount)
        return refused

    def as_json(self) -> dict[str, JsonValue]:
        """``{tokens: {input, output, cacheRead, cacheCreation}, cost_usd}``."""
        return {
            "tokens": {kind: round(self.tokens[kind]) for kind in TOKEN_TYPES},
            "cost_usd": round(self.cost_usd, 6),
        }


def _grown(use: Use, seen: tuple[int, int, float] | None) -> float:
    """How much more a figure says than what was counted already."""
    if seen is None:
        return use.amount
    start, at, amount = seen
    if not use.cumulative:
        return 0.0 if use.at and (use.start, use.at) == (start, at) else use.amount
    if _stale(use, seen):
        return 0.0
    # A sum that starts anew, or has fallen, was begun again: all of it is new.
    return use.amount - amount if use.start == start and use.amount >= amount else use.amount


def _is_news(use: Use, seen: tuple[int, int, float] | None) -> bool:
    """Whether it is to be remembered: an agent that does nothing tells the same total again and again."""
    return seen is None or (not _stale(use, seen) and (use.start, use.amount) != (seen[0], seen[2]))


def _stale(use: Use, seen: tuple[int, int, float] | None) -> bool:
    """Whether a total is older than the one that was counted."""
    return use.cumulative and seen is not None and use.start == seen[0] and use.at < seen[1]
