"""What the agents use of the machine: looked up when somebody asks, and then not again for a while."""

import asyncio
import time
from collections.abc import Mapping

from orchestratord.processes import ProcessId, Usage, members, usage

__all__ = ["Sampler"]


class Sampler:
    """Walks /proc in a thread, for all who ask at the same time together; nobody asking costs nothing."""

    def __init__(self) -> None:
        self._taken_at: float | None = None
        self._sample: Mapping[str, Usage] = {}
        self._walking = asyncio.Lock()

    async def sample(self, leaders: Mapping[str, ProcessId], *, at_most_every: float) -> Mapping[str, Usage]:
        """The usage of each leader with its descendants by name, at most ``at_most_every`` seconds old."""
        async with self._walking:
            if self._taken_at is None or time.monotonic() - self._taken_at >= at_most_every:
                self._sample = await asyncio.to_thread(_look, dict(leaders))
                self._taken_at = time.monotonic()
            return self._sample


def _look(leaders: Mapping[str, ProcessId]) -> dict[str, Usage]:
    return {name: usage(members(leader, None)) for name, leader in leaders.items()}
