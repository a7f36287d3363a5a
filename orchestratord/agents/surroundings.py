"""What every life of a cluster shares."""

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass, field

from orchestratord.agents.meter import Meter
from orchestratord.agents.record import Books
from orchestratord.agents.session import Session
from orchestratord.agents.turns import Turns
from orchestratord.config.places import Places
from orchestratord.config.schema import MonitoringConfig
from orchestratord.journal.store import Journal
from orchestratord.providers.base import Provider
from orchestratord.providers.telemetry import Telemetry

__all__ = ["Surroundings"]

_PREPARING_AT_A_TIME = 8


@dataclass(slots=True)
class Surroundings:
    """Handed to each agent; ``session`` and ``monitoring`` are exchanged when the configuration changes them."""

    places: Places
    journal: Journal
    books: Books
    session: Session
    monitoring: MonitoringConfig
    clock: Callable[[], float]
    turns: Turns = field(default_factory=Turns)
    chance: Callable[[], float] = random.random
    """Spreads waits; from 0 to 1."""
    preparing: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_PREPARING_AT_A_TIME))
    """Bounds how many launches are prepared at a time, each in a thread."""
    meter: Meter = field(init=False)

    def __post_init__(self) -> None:
        self.meter = Meter(self.journal)

    def telemetry(self, launch: str) -> Telemetry | None:
        """What a launch is told about reporting its use of tokens; None where nobody asks."""
        return self.meter.telemetry(launch) if self.monitoring.telemetry else None

    def ready_within(self, provider: Provider) -> float:
        """Seconds that a start may take: the configuration's word where it has one, else the provider's."""
        written = "agent_timeout" in self.monitoring.model_fields_set
        return self.monitoring.agent_timeout if written else provider.ready_deadline
