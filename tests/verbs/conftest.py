"""A house of straw with two agents, and how its verbs are asked."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from orchestratord.access.role import Caller
from orchestratord.verbs.dispatch import perform
from orchestratord.verbs.house import House
from tests.straw import OPERATOR, house_of

Ask = Callable[..., Awaitable[Any]]


@pytest.fixture
async def house(place: Path) -> AsyncIterator[House]:
    async with house_of(place, "anna", "ben") as built:
        yield built


@pytest.fixture
def ask(house: House) -> Ask:
    """Ask for a verb, as the operator unless somebody else is named."""

    async def ask_it(verb: str, caller: Caller = OPERATOR, /, **parameters: Any) -> Any:
        return await perform(house, caller, verb, parameters, via="socket")

    return ask_it
