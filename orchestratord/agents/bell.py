"""Rings for everybody who waits at that moment."""

import asyncio

__all__ = ["Bell"]


class Bell:
    """Unlike an event it need not be cleared, and nobody can miss a ring by clearing it for another."""

    def __init__(self) -> None:
        self._waiting: asyncio.Future[None] | None = None

    def ring(self) -> None:
        """Wake all who wait now."""
        waiting, self._waiting = self._waiting, None
        if waiting is not None and not waiting.done():
            waiting.set_result(None)

    async def heard(self) -> None:
        """Return at the next ring. Between a look and this call nothing may be awaited, else a ring may be missed."""
        if self._waiting is None or self._waiting.done():
            self._waiting = asyncio.get_running_loop().create_future()
        # Shielded: one who gives up must not take the future from the others.
        await asyncio.shield(self._waiting)
