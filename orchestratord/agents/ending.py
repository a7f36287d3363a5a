"""How a process ended, as far as anybody can say."""

import signal
from dataclasses import dataclass

from pydantic import JsonValue

from orchestratord.providers.base import ExitCause

__all__ = ["Ending", "signal_name"]


@dataclass(frozen=True, slots=True)
class Ending:
    """The end of one launch: when (Unix seconds), exit status or signal (both None: nobody could say), and why."""

    at: float
    status: int | None
    signal: int | None
    cause: ExitCause

    def as_json(self) -> dict[str, JsonValue]:
        """``{at, status, signal, cause}``, the signal by its name."""
        return {
            "at": self.at,
            "status": self.status,
            "signal": signal_name(self.signal),
            "cause": self.cause.value,
        }

    @property
    def words(self) -> str:
        """For a human: ``killed by SIGKILL``, ``exit status 3``."""
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
