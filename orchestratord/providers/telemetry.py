"""What an agent CLI is told about reporting its use of tokens, and what its reports come to."""

from dataclasses import dataclass
from typing import Final, Literal

__all__ = ["LAUNCH_HEADER", "TOKEN_TYPES", "Kind", "Telemetry", "TokenType", "Use"]

TokenType = Literal["input", "output", "cacheRead", "cacheCreation"]
Kind = TokenType | Literal["cost"]
TOKEN_TYPES: Final[tuple[TokenType, ...]] = ("input", "output", "cacheRead", "cacheCreation")
"""The kinds of tokens that are told apart, in the words of Claude Code."""

LAUNCH_HEADER: Final = "X-Orchestrator-Launch"
"""The header that carries a launch's pass."""


@dataclass(frozen=True, slots=True)
class Telemetry:
    """Where one launch reports (an address for OTLP over HTTP as JSON), and the pass that it must show there."""

    url: str
    launch_pass: str


@dataclass(frozen=True, slots=True)
class Use:
    """One figure of a report: how much of ``kind`` was used, ``cost`` in US dollars, everything else in tokens.

    A report says either what came since the last one, or (``cumulative``) all since ``start``. ``stream`` names the
    series of figures that this one goes on with. Times are Unix nanoseconds, 0 where the report gave none.
    """

    kind: Kind
    stream: str
    amount: float
    start: int
    at: int
    cumulative: bool
