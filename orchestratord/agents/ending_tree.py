"""Ending everything that belongs to one launch: rung by rung, until nothing of it is left."""

import asyncio
import contextlib
import signal
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from orchestratord.agents.stopping import Rung
from orchestratord.processes import ProcessId, members, send

__all__ = ["Tree", "climb"]

_FIRST_LOOK: Final = 0.02
_LONGEST_PAUSE: Final = 0.25
_CHILDREN_ALONE: Final = 0.1
"""Seconds that children are given to end by themselves after their leader, before they are signalled."""


class Tree:
    """The processes of a launch: the pane's own, its descendants, and whatever carries the launch's id.

    Who was seen once is remembered: a child that lost its parent and hides its environment is still known.
    """

    def __init__(self, leader: ProcessId | None, launch: str | None) -> None:
        self.leader = leader
        self.launch = launch
        self._seen: set[ProcessId] = set()

    async def alive(self) -> list[ProcessId]:
        """Everyone who lives now, by pid. Walks all of /proc, in a thread."""
        return await asyncio.to_thread(self._look)

    def _look(self) -> list[ProcessId]:
        self._seen.update(members(self.leader, self.launch))
        self._seen = {process for process in self._seen if process.alive()}
        return sorted(self._seen, key=lambda process: process.pid)


async def climb(
    rungs: Sequence[Rung],
    tree: Tree,
    *,
    press: Callable[[tuple[str, ...]], Awaitable[None]] | None = None,
    leader_gone: asyncio.Event,
    at_rung: Callable[[Rung], None] = lambda _: None,
) -> list[ProcessId]:
    """Go up the ladder until the tree is empty; returns who is left even so (as good as never).

    ``press`` presses keys in the pane, ``leader_gone`` is set when the leader has ended, ``at_rung`` hears of every
    rung that is really taken.
    """
    left = await tree.alive()
    for rung in rungs:
        if not left:
            return []
        leads = tree.leader is not None and tree.leader in left
        if not leads and (rung.keys or not rung.whole_tree):
            continue
        at_rung(rung)
        if rung.keys:
            if press is not None:
                await press(rung.keys)
        else:
            addressed = left if rung.whole_tree or tree.leader is None else [tree.leader]
            for number in rung.signals:
                await asyncio.to_thread(_send, addressed, number)
        left = await _emptied(tree, rung, leader_gone if leads else None)
    return left


def _send(processes: Sequence[ProcessId], number: signal.Signals) -> None:
    # What may not be signalled is still there at the end, and is told then.
    with contextlib.suppress(PermissionError):
        send(processes, number)


async def _emptied(tree: Tree, rung: Rung, leader_gone: asyncio.Event | None) -> list[ProcessId]:
    """Who is left once everybody has gone or the rung's patience is over."""
    loop = asyncio.get_running_loop()
    end = loop.time() + rung.patience
    if leader_gone is not None:
        try:
            async with asyncio.timeout_at(end):
                await leader_gone.wait()
        except TimeoutError:
            return await tree.alive()
        if not rung.whole_tree or rung.keys:
            end = min(end, loop.time() + _CHILDREN_ALONE)
    pause = _FIRST_LOOK
    while left := await tree.alive():
        if loop.time() >= end:
            return left
        await asyncio.sleep(min(pause, max(end - loop.time(), 0.0)))
        pause = min(pause * 2, _LONGEST_PAUSE)
    return []
