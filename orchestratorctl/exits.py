"""The exit statuses: what a script may rely on."""

from enum import IntEnum

__all__ = ["Exit"]


class Exit(IntEnum):
    """How a command ends; 69 and up follow sysexits.h, 124 timeout(1), the last two a shell's 128 + signal."""

    DONE = 0
    """Done; what was already so counts as done."""
    FAILED = 1
    USAGE = 2
    """The words of the command line are off, or a confirmation could not be asked for."""
    NOT_RUNNING = 3
    """`status`: nothing of what was asked for runs."""
    NO_SUCH_AGENT = 4
    UNREACHABLE = 69
    """No daemon answers."""
    BUSY = 75
    """Trying again later may help."""
    NOT_PERMITTED = 77
    BAD_CONFIGURATION = 78
    TIMED_OUT = 124
    INTERRUPTED = 130
    """Ctrl+C."""
    BROKEN_PIPE = 141
    """Whoever read the output has gone."""
