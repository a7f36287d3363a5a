"""The clusters of the agents' room, with their mail."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from orchestratord.journal import Journal
from tests.agents_room.conftest import World
from tests.mail.office import MakeOffice, Office


@pytest.fixture
async def make_office(place: Path, tmux_socket: Path) -> AsyncIterator[MakeOffice]:
    """Make and open the office of these stand-ins, and start them."""
    journal = await Journal.open(place / "journal.db")
    worlds: list[World] = []
    offices: list[Office] = []

    async def make(*names: str, started: bool = True, **settings: Any) -> Office:
        world = World(place, tmux_socket, journal, [{"name": name} for name in names])
        worlds.append(world)
        office = Office(world, **settings)
        offices.append(office)
        await office.open()
        if started:
            await world.cluster.start()
        return office

    yield make
    for office in offices:
        await office.close()
    for world in worlds:
        await world.cluster.shutdown()
        await world.cluster.close()
    await journal.close()
