"""How late the event loop runs what is due: a sign that something blocks it."""

import asyncio
from collections import deque
from typing import Final

__all__ = ["LoopLag"]

_EVERY: Final = 2.0
_REMEMBERED: Final = 30


class LoopLag:
    """Measures every two seconds and remembers one minute."""

    def __init__(self) -> None:
        self._lags: deque[float] = deque(maxlen=_REMEMBERED)
        self._next: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """Begin to measure, on the running loop."""
        loop = asyncio.get_running_loop()
        self._next = loop.call_later(_EVERY, self._look, loop.time() + _EVERY)

    def stop(self) -> None:
        """Measure no more."""
        if self._next is not None:
            self._next.cancel()

    @property
    def worst(self) -> float:
        """The greatest lateness of the last minute, in seconds."""
        return max(self._lags, default=0.0)

    def _look(self, due: float) -> None:
        self._lags.append(max(0.0, asyncio.get_running_loop().time() - due))
        self.start()
