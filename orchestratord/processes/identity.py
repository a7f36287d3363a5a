"""Who a process is. A pid alone says little: the kernel gives it to somebody else once its owner is gone."""

import os
from dataclasses import dataclass
from typing import Final, NamedTuple, Self

__all__ = ["ProcessId", "Stat", "launch_of", "parents", "read_proc", "stat_of"]

_LAUNCH: Final = b"ORCHESTRATOR_LAUNCH="
_DEAD: Final = frozenset("ZXx")


class Stat(NamedTuple):
    """What ``/proc/PID/stat`` tells here; ``started`` in clock ticks since boot."""

    state: str
    parent: int
    started: int


@dataclass(frozen=True, slots=True)
class ProcessId:
    """One process and no other: its pid together with when it started (clock ticks since boot)."""

    pid: int
    started: int

    @classmethod
    def of(cls, pid: int) -> Self | None:
        """The live process that has this pid now; None when there is none, or only its zombie."""
        stat = stat_of(pid)
        return None if stat is None or stat.state in _DEAD else cls(pid, stat.started)

    def alive(self) -> bool:
        """Whether this very process still runs. A zombie is dead: it waits for its parent, not for us."""
        return ProcessId.of(self.pid) == self


def read_proc(pid: int, name: str) -> bytes | None:
    """``/proc/PID/NAME``, or None when the process is gone or not ours to look at.

    The kernel answers from memory, so this may be called on the event loop for one process; a walk over all of
    them belongs into a thread.
    """
    try:
        descriptor = os.open(f"/proc/{pid}/{name}", os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        parts = []
        offset = 0
        while part := os.pread(descriptor, 65536, offset):
            parts.append(part)
            offset += len(part)
        return b"".join(parts)
    except OSError:
        return None
    finally:
        os.close(descriptor)


def stat_of(pid: int) -> Stat | None:
    """State, parent and start of a process, a zombie among them; None when there is no such pid."""
    text = read_proc(pid, "stat")
    if not text:
        return None
    # The second field is the program's name in brackets and may hold spaces and brackets itself.
    fields = text[text.rindex(b")") + 2 :].split()
    return Stat(state=fields[0].decode(), parent=int(fields[1]), started=int(fields[19]))


def launch_of(pid: int) -> str | None:
    """The launch id in the environment the process was started with; None when it has none or may not be read."""
    for variable in (read_proc(pid, "environ") or b"").split(b"\0"):
        if variable.startswith(_LAUNCH):
            return variable[len(_LAUNCH) :].decode(errors="replace")
    return None


def parents(pid: int) -> tuple[int, ...]:
    """The ancestors of a process, its parent first and 1 last; empty when it is gone."""
    line: list[int] = []
    stat = stat_of(pid)
    # A pid that is reused while we climb could close a ring.
    while stat is not None and stat.parent > 0 and stat.parent not in line:
        line.append(stat.parent)
        stat = stat_of(stat.parent)
    return tuple(line)
