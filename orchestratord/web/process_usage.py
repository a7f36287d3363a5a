"""CPU time and memory of each agent, its whole process tree: looked at only when somebody asks."""

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from orchestratord.processes import ProcessId, Usage, families, usage
from orchestratord.verbs.house import House

__all__ = ["CpuTime", "ProcessUsage"]


@dataclass(slots=True)
class CpuTime:
    """Seconds that only ever grow, over all launches that were looked at.

    The time of a child that nobody waited for goes with it; then the sum stands still until it is made good.
    """

    total: float = 0.0
    _launch: str | None = None
    _before: float = 0.0

    def take(self, launch: str | None, seconds: float) -> None:
        """What the processes of a launch have used so far."""
        if launch != self._launch:
            self._launch, self._before = launch, self.total
        self.total = max(self.total, self._before + seconds)


class ProcessUsage:
    """The figures of the last look; a look takes milliseconds in a thread, and no more than one an interval is had."""

    def __init__(self, house: House, clock: Callable[[], float] = time.monotonic) -> None:
        self.cpu: dict[str, CpuTime] = {}
        self.memory: dict[str, int] = {}
        """Bytes, of the agents that run."""
        self._house = house
        self._clock = clock
        self._looked_at: float | None = None
        self._looking = asyncio.Lock()

    async def look(self) -> None:
        """Look at every agent's processes, unless that was done within ``monitoring.check_interval``."""
        async with self._looking:
            now = self._clock()
            interval = self._house.configuration.monitoring.check_interval
            if self._looked_at is not None and now - self._looked_at < interval:
                return
            self._looked_at = now
            running = {
                name: (agent.process, agent.launch)
                for name, agent in self._house.cluster.agents.items()
                if agent.process is not None
            }
            found = await asyncio.to_thread(_used, running)
            self.memory = {name: used.memory_bytes for name, used in found.items()}
            for name, used in found.items():
                self.cpu.setdefault(name, CpuTime()).take(running[name][1], used.cpu_seconds)


def _used(running: Mapping[str, tuple[ProcessId | None, str | None]]) -> dict[str, Usage]:
    return {name: usage(family) for name, family in families(running).items()}
