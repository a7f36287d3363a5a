"""What a group of processes uses."""

from collections.abc import Iterable
from dataclasses import dataclass

import psutil

from orchestratord.processes.identity import ProcessId

__all__ = ["Usage", "usage"]


@dataclass(frozen=True, slots=True)
class Usage:
    """CPU time used so far (seconds, user and system) and resident memory (bytes) of a group of processes.

    The time of children that have ended is in it where their parent has waited for them, as most do.
    """

    cpu_seconds: float
    memory_bytes: int


def usage(members: Iterable[ProcessId]) -> Usage:
    """The sum over these processes; those that are gone count nothing. Call it in a thread.

    Pages that processes share are counted once for each of them.
    """
    cpu = 0.0
    memory = 0
    for member in members:
        try:
            process = psutil.Process(member.pid)
            with process.oneshot():
                times = process.cpu_times()
                resident = process.memory_info().rss
        except psutil.Error:
            continue
        if member.alive():
            cpu += times.user + times.system + times.children_user + times.children_system
            memory += resident
    return Usage(cpu, memory)
