"""A tmux of the test's own, with a session of ours and a connection to it."""

import json
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from orchestratord.tmux.control import Control
from orchestratord.tmux.pane import Pane
from orchestratord.tmux.place import Place
from orchestratord.tmux.session import SessionKeeper
from tests.wait import eventually

SESSION = "orc"
CLUSTER = "five bosses"


@pytest.fixture
def tmux(tmux_socket: Path) -> Place:
    return Place(path=tmux_socket)


@pytest.fixture
def keeper(tmux: Place) -> SessionKeeper:
    return SessionKeeper(tmux, SESSION, CLUSTER, drop_env=("CLAUDECODE",))


@pytest.fixture
async def control(tmux: Place, keeper: SessionKeeper) -> AsyncIterator[Control]:
    """Connected to a session of ours with two panes."""
    await keeper.ensure(["boss", "worker"])
    connection = Control(tmux, SESSION)
    await connection.connect()
    yield connection
    await connection.close()


@pytest.fixture
async def pane(control: Control, keeper: SessionKeeper) -> Pane:
    return Pane(control, (await keeper.ensure(["boss"]))["boss"])


_PROGRAM = """
import json, os, sys
told = {"argv": sys.argv[1:], "env": dict(os.environ), "cwd": os.getcwd(), "pid": os.getpid()}
path = os.environ["TOLD"]
with open(path + ".new", "w") as file:
    json.dump(told, file)
os.rename(path + ".new", path)
"""


@dataclass
class Told:
    argv: list[str]
    env: dict[str, str]
    cwd: str
    pid: int


class Witness:
    """A program that writes down how it was started."""

    def __init__(self, folder: Path) -> None:
        self._told = folder / "told.json"
        self.env = {"TOLD": str(self._told)}

    def argv(self, *words: str) -> list[str]:
        return [sys.executable, "-I", "-S", "-c", _PROGRAM, *words]

    async def told(self) -> "Told":
        await eventually(self._told.exists, what="the program in the pane")
        return Told(**json.loads(self._told.read_text()))


@pytest.fixture
def witness(place: Path) -> Witness:
    return Witness(place)
