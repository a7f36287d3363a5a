"""One launch of an agent, from its respawn to its end."""

import asyncio
from collections.abc import Callable

from orchestratord.agents.ending_tree import Tree
from orchestratord.processes import ExitWatch, ProcessId

__all__ = ["Run"]


class Run:
    """A process that was started or adopted. ``news`` is called on the loop when it has ended.

    ``process`` is None when it had ended before anybody could look at it. ``resumed``: it goes on with an earlier
    conversation. ``gone`` is set, and ``ended_at`` (Unix seconds) not None, once it has ended.
    """

    def __init__(
        self,
        launch: str,
        pid: int,
        process: ProcessId | None,
        news: Callable[[], None],
        clock: Callable[[], float],
        *,
        resumed: bool = False,
    ) -> None:
        self.launch = launch
        self.pid = pid
        self.process = process
        self.resumed = resumed
        self.tree = Tree(process, launch)
        self.gone = asyncio.Event()
        self.ended_at: float | None = None
        self._news = news
        self._clock = clock
        self._watch = ExitWatch(process, self._ended) if process is not None else None
        if process is None:
            self._ended()

    def _ended(self) -> None:
        self.ended_at = self._clock()
        self.gone.set()
        self._news()

    def close(self) -> None:
        """Watch it no more; the process itself is left alone."""
        if self._watch is not None:
            self._watch.close()
