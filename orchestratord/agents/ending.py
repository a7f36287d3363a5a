"""How a process ended, as far as anybody can say."""

import signal
from dataclasses import dataclass

from pydantic import JsonValue

from orchestratord.providers.base import ExitCause

__all__ = ["Ending", "signal_name"]


@dataclass(frozen=True, slots=True)
class Ending:
    """The end of one launch: when (Unix seconds), exit status or signal (both None: nobody could say), and why.

    ``limited_until``: when the usage limit is over that it ended with, where that is known. ``words``: for a human,
    ``killed by SIGKILL`` or ``exit status 3`` if nothing else is said.
    """

    at: float
    status: int | None
    signal: int | None
    cause: ExitCause
    limited_until: float | None = None
    words: str = ""

    def __post_init__(self) -> None:
        if not self.words:
            object.__setattr__(self, "words", self._words())

    def as_json(self) -> dict[str, JsonValue]:
        """``{at, status, signal, cause}``, the signal by its name."""
        return {
            "at": self.at,
            "status": self.status,
            "signal": signal_name(self.signal),
            "cause": self.cause.value,
        }

    def _words(self) -> str:
        if self.signal is not None:
            return f"killed by {signal_name(self.signal)}"
        return "ended" if self.status is None else f"exit status {self.status}"


def signal_name(number: int | None) -> str | None:
    """``SIGKILL`` for 9; a number that has no name (real-time signals have none) as ``SIG35``."""
    if number is None:
        return None
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"SIG{number}"
