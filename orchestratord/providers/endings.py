"""Why a process ended, as far as any CLI's exit status and signal tell."""

import re
import signal as signals
from collections.abc import Sequence
from typing import Final

from orchestratord.providers.base import ExitCause

__all__ = ["classify_by_status", "classify_by_words"]

_ENDED_FROM_OUTSIDE: Final = {
    128 + number for number in (signals.SIGHUP, signals.SIGINT, signals.SIGKILL, signals.SIGTERM)
}
_FAULTS: Final = {
    signals.SIGSEGV, signals.SIGBUS, signals.SIGILL, signals.SIGFPE, signals.SIGABRT, signals.SIGSYS, signals.SIGTRAP,
}  # fmt: skip


def classify_by_status(status: int | None, signal: int | None) -> ExitCause:
    """The cause by the shell's and the kernel's conventions; what nobody could say counts as a crash."""
    if signal:
        return ExitCause.CRASHED if signal in _FAULTS else ExitCause.KILLED
    if status == 0:
        return ExitCause.FINISHED
    if status in {126, 127}:
        return ExitCause.MISSING_BINARY
    if status == 78:  # EX_CONFIG of sysexits.h
        return ExitCause.BAD_CONFIGURATION
    return ExitCause.KILLED if status in _ENDED_FROM_OUTSIDE else ExitCause.CRASHED


def classify_by_words(
    status: int | None, signal: int | None, screen: str, words: Sequence[tuple[re.Pattern[str], ExitCause]]
) -> ExitCause:
    """By the first of its last words that is known, where it gave up by itself; else by status and signal."""
    cause = classify_by_status(status, signal)
    if cause is not ExitCause.CRASHED or signal:
        return cause
    return next((known for pattern, known in words if pattern.search(screen)), cause)
