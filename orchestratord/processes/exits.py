"""When a process ends: the kernel tells at once, for processes that are not our children too."""

import asyncio
import os
from collections.abc import Callable
from typing import Final

from orchestratord.processes.identity import ProcessId

__all__ = ["ExitWatch"]

_POLL: Final = 0.1
"""Seconds between two looks where the kernel gives no descriptor (too many open files, an old kernel)."""


class ExitWatch:
    """Calls ``ended()`` once, on the running loop, when the process has ended; never from inside the constructor.

    For a process that is gone already, or whose pid is somebody else's by now, the call comes at once. ``close()``
    gives up waiting and may be called any number of times.
    """

    def __init__(self, process: ProcessId, ended: Callable[[], None]) -> None:
        self._process = process
        self._ended = ended
        self._loop = asyncio.get_running_loop()
        self._descriptor: int | None = None
        self._timer: asyncio.Handle | None = None
        self._begin()

    def _begin(self) -> None:
        try:
            self._descriptor = os.pidfd_open(self._process.pid)
        except ProcessLookupError:
            self._timer = self._loop.call_soon(self._end)
            return
        except OSError:
            self._timer = self._loop.call_soon(self._poll)
            return
        # The descriptor now holds one process for good; whether it is the one that was meant is asked only after.
        if not self._process.alive():
            self._timer = self._loop.call_soon(self._end)
            return
        self._loop.add_reader(self._descriptor, self._end)

    def _poll(self) -> None:
        if self._process.alive():
            self._timer = self._loop.call_later(_POLL, self._poll)
        else:
            self._end()

    def _end(self) -> None:
        self.close()
        self._ended()

    def close(self) -> None:
        """Stop watching; ``ended`` is not called any more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._descriptor is not None:
            self._loop.remove_reader(self._descriptor)
            os.close(self._descriptor)
            self._descriptor = None
