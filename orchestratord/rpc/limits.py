"""How much a client of the socket may take: all limits in one value, and the memory that clients share."""

import asyncio
from dataclasses import dataclass

__all__ = ["Allowance", "Limits", "Shared"]


@dataclass(frozen=True, slots=True)
class Limits:
    """Sizes in bytes, times in seconds; tests put smaller ones."""

    line: int = 1 << 20
    """A request or an answer, without its newline."""
    connections: int = 256
    agents_connections: int = 128
    """So many of them for agents, all together: they can never lock their operator out."""
    in_flight: int = 16
    """Requests of one connection that are being answered; further ones are not read meanwhile."""
    half_request: float = 30.0
    """From a request's first byte to its newline."""
    unread: int = 256 << 10
    """What may wait for a client to read it before nothing more is produced for it."""
    unread_deadline: float = 15.0
    """Whoever leaves so much unread for so long is cut off."""
    closing: float = 3.0
    """What a client that is cut off gets to read the reason, and a call to end when the daemon does."""
    small: int = 64 << 10
    refusals: float = 0.05
    """From one refusal to the next, whoever is refused: each is journaled, and nobody shall fill the disk with them."""
    large_lines: int = 32
    """So many lines above ``small`` may be read and answered at a time, whoever sends them."""


class Allowance:
    """A number of things that all clients share."""

    def __init__(self, limit: int) -> None:
        self._left = limit

    def take(self) -> bool:
        """Take one if one is left."""
        if not self._left:
            return False
        self._left -= 1
        return True

    def give_back(self) -> None:
        """Return one that was taken."""
        self._left += 1


class Shared:
    """What all connections of one server share."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.large_lines = Allowance(limits.large_lines)
        self._refusing = asyncio.Lock()

    async def refusal(self) -> None:
        """Wait until the next refusal may be told; those refused wait in line, nobody else."""
        async with self._refusing:
            await asyncio.sleep(self.limits.refusals)
