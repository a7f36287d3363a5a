"""The house that verbs work in: everything they may reach, handed to them instead of imported."""

import asyncio
import difflib
import time
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from typing import cast

from pydantic import JsonValue

from orchestratord.access.tokens import Tokens
from orchestratord.agents.agent import Agent
from orchestratord.agents.cluster import Cluster
from orchestratord.config.difference import Difference
from orchestratord.config.places import Places
from orchestratord.config.schema import Configuration
from orchestratord.errors import NoSuchAgent, OrchestratorError
from orchestratord.journal.store import Journal
from orchestratord.mail.mailbox import Mailbox

__all__ = ["House", "Reload"]


@dataclass(frozen=True, slots=True)
class Reload:
    """How the last reading of the configuration went."""

    at: float
    """Unix seconds."""
    error: str = ""
    """Empty when it succeeded."""


@dataclass(slots=True)
class House:
    """What the daemon has built, as the verbs and the doors see it."""

    cluster: Cluster
    journal: Journal
    mailbox: Mailbox
    places: Places
    tokens: Tokens
    configuration: Configuration
    """What is in force now; exchanged by :meth:`reload`."""
    load: Callable[[], Configuration]
    """Reads the configuration file anew, blocking; raises BadConfiguration."""
    clock: Callable[[], float] = time.time
    started_at: float = field(init=False)
    """Unix seconds."""
    reloaded: Reload = field(init=False)
    _reloading: asyncio.Lock = field(init=False, default_factory=asyncio.Lock)

    def __post_init__(self) -> None:
        self.started_at = self.clock()
        self.reloaded = Reload(self.started_at)

    def agent(self, name: str) -> Agent:
        """The agent of that name. Raises NoSuchAgent, with the name that was probably meant."""
        agents = self.cluster.agents
        if name not in agents:
            close = difflib.get_close_matches(name, agents, n=1)
            raise NoSuchAgent(
                f"there is no agent {name!r}" + (f"; did you mean {close[0]!r}?" if close else ""),
                hint=f"The agents are {', '.join(agents)}.",
            )
        return agents[name]

    def known(self, names: Iterable[str]) -> list[str]:
        """The names, each once, in their order. Raises NoSuchAgent."""
        return [self.agent(name).name for name in dict.fromkeys(names)]

    def views(self, names: Collection[str] = ()) -> list[JsonValue]:
        """What is to be seen of these agents, or of all."""
        return [self.agent(name).view() for name in names or self.cluster.agents]

    async def reload(self) -> Difference:
        """Read the configuration anew and make the cluster follow; what is wrong changes nothing.

        The event is ``config.reloaded``, with what has changed, or ``config.reload_failed``, with the faults.
        Raises BadConfiguration, or what kept the cluster from following.
        """
        async with self._reloading:
            try:
                configuration = await asyncio.to_thread(self.load)
                difference = await self.cluster.reload(configuration)
            except OrchestratorError as fault:
                self.reloaded = Reload(self.clock(), fault.message)
                self.journal.append("config.reload_failed", None, error=fault.message)
                raise
            self.configuration = configuration
            self.mailbox.follow(configuration)
            self.reloaded = Reload(self.clock())
            self.journal.append("config.reloaded", None, **cast("dict[str, JsonValue]", difference.as_json()))
            return difference
