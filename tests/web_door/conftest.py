"""The web door over a house of straw, on a port of its own, closed at the end of each test with nothing left."""

import asyncio
import contextlib
import dataclasses
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from pydantic import JsonValue

from orchestratord.access.role import Role
from orchestratord.config.schema import HttpConfig
from orchestratord.verbs.house import House
from orchestratord.verbs.registry import VERBS
from orchestratord.verbs.verb import Verb
from orchestratord.web.limits import Limits
from orchestratord.web.server import Web
from tests.straw import house_of, straw_of

Open = Callable[..., Awaitable[Web]]


@pytest.fixture
async def house(place: Path) -> AsyncIterator[House]:
    """Two agents: grand_boss is idle, worker is stopped."""
    async with house_of(place, "grand_boss", "worker") as house:
        for agent in straw_of(house).agents.values():
            agent.shown |= {"role": agent.name, "reason": "", "idle_seconds": None}
        straw_of(house).agents["grand_boss"].shown |= {"state": "idle", "running": True, "idle_seconds": 12.5}
        yield house


@pytest.fixture
async def open_door(house: House) -> AsyncIterator[Open]:
    """Opens the door with the limits given; at the end nothing of it may be left, nor may asyncio have complained."""
    loop = asyncio.get_running_loop()
    complaints: list[dict[str, Any]] = []
    loop.set_exception_handler(lambda _, context: complaints.append(context))
    doors: list[Web] = []

    async def open_it(http: HttpConfig | None = None, **limits: Any) -> Web:
        door = Web(house, http or HttpConfig(port=0), dataclasses.replace(Limits(), **limits))
        doors.append(door)
        await door.start()
        return door

    before = asyncio.all_tasks()
    yield open_it
    for door in doors:
        await door.close()
    assert not {task for task in asyncio.all_tasks() - before if "http" in task.get_name() or _ours(task)}
    assert complaints == []


def _ours(task: "asyncio.Task[Any]") -> bool:
    return "aiohttp/web" in repr(task) or "orchestratord" in repr(task)


async def refused(house: House) -> list[JsonValue]:
    """Why the journal says that commands were refused, oldest first."""
    await house.journal.flush()
    events = await house.journal.read(kinds=["operator.command"])
    return [event.data["error"] for event in events if event.data["outcome"] == "refused"]


@pytest.fixture
async def door(open_door: Open) -> Web:
    return await open_door()


@pytest.fixture
async def secret(house: House) -> str:
    """A token that may operate."""
    return (await house.tokens.create("test", Role.OPERATE))[1]


@pytest.fixture
async def client(door: Web) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(door.url) as session:
        yield session


@contextlib.contextmanager
def offered(monkeypatch: pytest.MonkeyPatch, verb: Verb[Any]) -> Any:
    """One more verb in the registry."""
    with monkeypatch.context() as patch:
        patch.setitem(VERBS, verb.name, verb)
        yield
