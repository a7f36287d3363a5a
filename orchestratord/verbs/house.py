"""The house that verbs work in: everything they may reach, handed to them instead of imported."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from orchestratord.access.tokens import Tokens

if TYPE_CHECKING:
    from orchestratord.agents.cluster import Cluster
    from orchestratord.config.difference import Difference
    from orchestratord.config.places import Places
    from orchestratord.config.schema import Configuration
    from orchestratord.journal.store import Journal

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

    cluster: "Cluster"
    journal: "Journal"
    places: "Places"
    tokens: Tokens
    configuration: "Configuration"
    """What is in force now; exchanged by :meth:`reload`."""
    load: Callable[[], "Configuration"]
    """Reads the configuration file anew, blocking; raises BadConfiguration."""
    started_at: float = field(default_factory=time.time)
    clock: Callable[[], float] = time.time
    reloaded: Reload = field(init=False)

    def __post_init__(self) -> None:
        self.reloaded = Reload(self.started_at)

    async def reload(self) -> "Difference":
        """Read the configuration anew and make the cluster follow; what is wrong changes nothing.

        The event is ``config.reloaded`` or ``config.reload_failed``. Raises BadConfiguration.
        """
        raise NotImplementedError
