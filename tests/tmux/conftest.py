"""A session on a tmux server of the test's own, and the connection to it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from orchestratord.tmux.control import Control
from orchestratord.tmux.place import Place
from orchestratord.tmux.session import SessionKeeper


@pytest.fixture
def server(tmux_socket: Path) -> Place:
    return Place(path=tmux_socket)


@pytest.fixture
def keeper(server: Place) -> SessionKeeper:
    return SessionKeeper(server, "test")


@pytest.fixture
async def control(server: Place, keeper: SessionKeeper) -> AsyncIterator[Control]:
    """A connection to a session with one pane."""
    await keeper.ensure(1)
    connection = Control(server, "test")
    yield connection
    await connection.close()
