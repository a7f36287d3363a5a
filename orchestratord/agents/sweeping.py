"""Children that outlived their agent are ended, whatever became of the agent itself."""

import asyncio

from orchestratord.agents.ending_tree import Tree, climb
from orchestratord.agents.stopping import SWEEP, Rung
from orchestratord.journal.store import Journal

__all__ = ["Sweeper"]


class Sweeper:
    """Ends what is left of one agent's earlier launches, beside whatever else happens to the agent."""

    def __init__(self, name: str, journal: Journal) -> None:
        self._name = name
        self._journal = journal
        self._waiting: list[Tree] = []
        self._tasks: set[asyncio.Task[None]] = set()

    def later(self, tree: Tree) -> None:
        """This launch's leader has ended; its children come next, once there is time for them."""
        self._waiting.append(tree)

    def begin(self) -> None:
        """There is time now."""
        while self._waiting:
            task = asyncio.create_task(self._sweep(self._waiting.pop()))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def done(self) -> None:
        """Return when nothing is left to sweep."""
        self.begin()
        await asyncio.gather(*self._tasks)

    def cancel(self) -> None:
        """Leave the rest to the next daemon's first look."""
        for task in self._tasks:
            task.cancel()

    async def _sweep(self, tree: Tree) -> None:
        rungs: list[str] = []

        def at(rung: Rung) -> None:
            rungs.append(rung.name)

        gone = asyncio.Event()
        gone.set()
        left = await climb(SWEEP, tree, leader_gone=gone, at_rung=at)
        if rungs:
            self._journal.append(
                "agent.swept", self._name, launch=tree.launch, signals=[*rungs], left=[process.pid for process in left]
            )
