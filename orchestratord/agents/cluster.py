"""All agents of one configuration, and everything an operator can do with them."""

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence

from pydantic import JsonValue

from orchestratord.agents.agent import Agent
from orchestratord.config.difference import Difference
from orchestratord.config.places import Places
from orchestratord.config.schema import Configuration
from orchestratord.journal.store import Journal

__all__ = ["Cluster", "Progress"]

Progress = Callable[[Mapping[str, JsonValue]], None]
"""Told of every step of long work: ``{"agent", "state", "reason", "done", "total"}``. Must not block."""


def _nobody(_: Mapping[str, JsonValue]) -> None:
    """Nobody wants to know."""


class Cluster:
    """The agents, their tmux session, and the one who owns them.

    ``agents`` by name, in the order of the configuration. ``opened`` is set once every agent of a predecessor was
    looked for; before that nothing may be asked of the cluster but to look.
    """

    agents: Mapping[str, Agent]
    opened: asyncio.Event

    def __init__(
        self, configuration: Configuration, places: Places, journal: Journal, *, clock: Callable[[], float] = time.time
    ) -> None:
        raise NotImplementedError

    async def open(self) -> None:
        """Adopt what runs, restart by policy what was lost, start what is wished to run.

        Returns when agents are adopted (``opened``), or when tmux does not answer: then it goes on trying, and the
        view says so. Starts are not waited for.
        """
        raise NotImplementedError

    def view(self) -> dict[str, JsonValue]:
        """``{name, session, session_exists, state, desired, tmux: {available, error}}``.

        ``state`` is ``running`` while any agent's process lives, else ``stopped``.
        """
        raise NotImplementedError

    async def start(self, names: Sequence[str] | None = None, progress: Progress = _nobody) -> None:
        """Start these agents (None: all) and wait until each is ready, or it is known that it will not be.

        What runs already counts as done. Raises NoSuchAgent, NotStarted (with every agent's reason), TmuxUnavailable.
        """
        raise NotImplementedError

    async def stop(self, names: Sequence[str] | None = None, progress: Progress = _nobody) -> None:
        """End these agents (None: all) with everything they have started; the session and its panes stay."""
        raise NotImplementedError

    async def restart(
        self, names: Sequence[str] | None = None, progress: Progress = _nobody, *, rolling: bool = False
    ) -> None:
        """End and start again; ``rolling``: one after the other, and no further one after one that failed."""
        raise NotImplementedError

    async def shutdown(self, progress: Progress = _nobody) -> None:
        """Stop all, then remove the session. The cluster can be started again."""
        raise NotImplementedError

    async def hold(self, name: str) -> None:
        """Leave the agent as it is: no automatic restart until it is released."""
        raise NotImplementedError

    async def release(self, name: str) -> None:
        """End the hold; what is wished to run and does not is started."""
        raise NotImplementedError

    async def reset_failed(self, name: str) -> None:
        """Forget the agent's failures; what is wished to run and has failed is started."""
        raise NotImplementedError

    async def reload(self, configuration: Configuration) -> Difference:
        """Follow a new configuration: agents come and go; changed ones run on, ``outdated``, until restarted."""
        raise NotImplementedError

    def report_hook(self, name: str, launch: str, payload: Mapping[str, JsonValue]) -> None:
        """Take what an agent's hook told; from any launch but the one that runs it changes nothing."""
        raise NotImplementedError

    async def close(self, *, leave_agents: bool = True) -> None:
        """Let go. The agents run on for the next daemon, or are ended with the session (``leave_agents=False``)."""
        raise NotImplementedError
