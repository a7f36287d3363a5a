"""A server over a house of straw; at its end no task of it may be left, nor may asyncio have complained."""

import asyncio
import dataclasses
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from orchestratord.rpc.limits import Limits
from orchestratord.rpc.server import Server
from orchestratord.verbs.house import House
from tests.straw import house_of

Serve = Callable[..., Awaitable[Server]]


@pytest.fixture
async def house(place: Path) -> AsyncIterator[House]:
    async with house_of(place, "anna", "ben") as built:
        yield built


@pytest.fixture
async def serve(house: House) -> AsyncIterator[Serve]:
    """Serves on the house's socket, with the limits given."""
    complaints: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: complaints.append(context))
    before = asyncio.all_tasks()
    servers: list[Server] = []

    async def start(**limits: Any) -> Server:
        server = Server(house, house.places.socket, dataclasses.replace(Limits(), **limits))
        servers.append(server)
        await server.start()
        return server

    yield start
    for server in servers:
        await server.close()
    left = {task for task in asyncio.all_tasks() - before - {asyncio.current_task()} if "rpc/" in repr(task)}
    assert not left
    assert not complaints


@pytest.fixture
async def path(serve: Serve, house: House) -> Path:
    """The path of a socket that is served with the usual limits."""
    await serve()
    return house.places.socket
