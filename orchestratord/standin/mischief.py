"""The ways to misbehave: crash, hang, ignore signals, leave children, eat memory and time."""

import os
import signal
import time

__all__ = ["busy", "hang", "ignore", "leave_children", "lines_of"]

_LINE = 80


def hang() -> None:
    """React to nothing any more. Signal handlers that merely note a signal do not help: nobody looks."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    while True:
        signal.pause()


def ignore(names: list[str]) -> list[str]:
    """Ignore these signals (``SIGTERM`` or ``TERM``) from now on; returns those that are signals."""
    known = [signal.Signals[full] for name in names if (full := _full(name)) in signal.Signals.__members__]
    for number in known:
        signal.signal(number, signal.SIG_IGN)
    return [number.name for number in known]


def _full(name: str) -> str:
    upper = name.upper().strip(",")
    return upper if upper.startswith("SIG") else f"SIG{upper}"


def leave_children() -> int:
    """Start a child, and one whose parent ends at once and which has a session of its own; the child's pid.

    Both ignore SIGHUP, so the end of the terminal does not end them.
    """
    asleep = 'trap "" HUP; exec sleep 86400'
    nowhere = [(os.POSIX_SPAWN_OPEN, number, "/dev/null", os.O_RDWR, 0) for number in (0, 1, 2)]
    child = _spawn(asleep, nowhere)
    os.waitpid(_spawn(f"setsid sh -c '{asleep}' &", nowhere), 0)
    return child


def _spawn(script: str, streams: list[tuple[int, int, str, int, int]]) -> int:
    return os.posix_spawn("/bin/sh", ["sh", "-c", script], os.environ, file_actions=streams)


def busy(seconds: float) -> None:
    """Use a whole core for so long."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        pass


def lines_of(megabytes: float) -> list[str]:
    """Text of that size in pieces of about 64 KB, every line numbered."""
    total = int(megabytes * 1_000_000 / _LINE)
    piece = 800
    return [
        "\n".join(f"{number:010d} {'.' * (_LINE - 12)}" for number in range(first, min(first + piece, total)))
        for first in range(0, total, piece)
    ]
