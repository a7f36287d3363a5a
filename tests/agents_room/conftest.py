"""A cluster of real stand-ins in a tmux of the test's own."""

import asyncio
import os
import signal
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from orchestratord.agents.agent import Agent
from orchestratord.agents.cluster import Cluster
from orchestratord.agents.states import MAY_FOLLOW, State
from orchestratord.config.places import Places
from orchestratord.config.schema import Configuration
from orchestratord.journal import Event, Journal
from orchestratord.processes import ProcessId
from tests.clock import Clock
from tests.wait import PATIENCE, eventually

MakeWorld = Callable[..., Awaitable["World"]]


def alive(pid: int) -> bool:
    """A zombie is dead, however long its parent leaves it lying about."""
    return ProcessId.of(pid) is not None


class World:
    """One cluster, its journal and a human's hand at its tmux."""

    def __init__(self, place: Path, tmux_socket: Path, journal: Journal, agents: Sequence[Mapping[str, Any]]) -> None:
        self.place = place
        self.tmux_socket = tmux_socket
        self.journal = journal
        self.places = Places(
            config_path=place / "cluster.yaml",
            socket=place / "ctl.sock",
            socket_mode=0o600,
            state_dir=place / "state",
            log_dir=place / "logs",
            tmux_path=tmux_socket,
            tmux_name=None,
            system=False,
        )
        self.happened: list[Event] = []
        journal.listen(self.happened.append)
        self.configuration = self.configured(agents)
        self.clock = Clock()
        self.cluster = Cluster(self.configuration, self.places, journal, clock=self.clock)

    def configured(self, agents: Sequence[Mapping[str, Any]]) -> Configuration:
        settled = [{"provider": "standin", "work_dir": self.place, **agent} for agent in agents]
        return Configuration.model_validate(
            {"cluster": {"name": "test", "session_name": "test", "work_dir": self.place}, "agents": settled}
        )

    def __getitem__(self, name: str) -> Agent:
        return self.cluster.agents[name]

    def pid(self, name: str) -> int:
        process = self[name].process
        assert process is not None
        return process.pid

    def kinds(self, *families: str, agent: str | None = None) -> list[str]:
        """The kinds of the events that happened, of these agents' and kinds alone."""
        return [
            event.kind
            for event in self.happened
            if (agent is None or event.agent == agent) and (not families or event.kind.startswith(families))
        ]

    def last(self, kind: str) -> Mapping[str, Any]:
        return next(event.data for event in reversed(self.happened) if event.kind == kind)

    async def until(self, name: str, *states: State) -> None:
        await eventually(lambda: self[name].state in states, what=f"{name} in {states}: {self[name].view()}")

    async def back(self, name: str, old: int) -> int:
        """Wait until the agent is idle as another process; its pid."""

        def is_back() -> bool:
            process = self[name].process
            return self[name].state is State.IDLE and process is not None and process.pid != old

        await eventually(is_back, what=f"{name} back")
        return self.pid(name)

    async def kill(self, name: str, number: signal.Signals = signal.SIGKILL) -> int:
        pid = self.pid(name)
        os.kill(pid, number)
        return pid

    async def tmux(self, *words: str) -> str:
        def run() -> str:
            done = subprocess.run(["tmux", "-S", self.tmux_socket, *words], capture_output=True, text=True, timeout=30)
            assert done.returncode == 0, f"{words}: {done.stderr}"
            return done.stdout

        return await asyncio.to_thread(run)

    async def type(self, name: str, text: str) -> None:
        pane = self[name].pane
        assert pane is not None
        await self.tmux("send-keys", "-t", pane, "-l", text)
        await self.tmux("send-keys", "-t", pane, "Enter")

    async def shows(self, name: str, text: str) -> None:
        pane = self[name].pane
        assert pane is not None

        async def look() -> bool:
            return text in await self.tmux("capture-pane", "-p", "-t", pane)

        await eventually(look, what=f"{text!r} in the pane of {name}")

    def hook(self, name: str, event: str) -> None:
        """Report a hook of the launch that runs, as the socket would."""
        agent = self[name]
        payload = {"hook_event_name": event, "session_id": agent.view()["session_id"], "tool_name": "Bash"}
        self.cluster.report_hook(name, agent.launch or "", payload)

    def environ(self, name: str) -> bytes:
        return Path(f"/proc/{self.pid(name)}/environ").read_bytes()

    async def die_and_follow(self, agents: Sequence[Mapping[str, Any]] | None = None) -> None:
        """The daemon goes, whatever runs stays, and the next one opens on the same journal."""
        await self.cluster.close(leave_agents=True)
        if agents is not None:
            self.configuration = self.configured(agents)
        self.cluster = Cluster(self.configuration, self.places, self.journal, clock=self.clock)


@pytest.fixture
async def make_world(place: Path, tmux_socket: Path) -> AsyncIterator[MakeWorld]:
    """Make and open a cluster of these agents (names, or whole configurations)."""
    journal = await Journal.open(place / "journal.db")
    worlds: list[World] = []

    async def make(*agents: str | Mapping[str, Any]) -> World:
        configured = [{"name": agent} if isinstance(agent, str) else agent for agent in agents]
        world = World(place, tmux_socket, journal, configured)
        worlds.append(world)
        await world.cluster.open()
        return world

    yield make
    for world in worlds:
        async with asyncio.timeout(PATIENCE):
            await world.cluster.shutdown()
            await world.cluster.close()
        for event in world.happened:
            if "before" in event.data:
                assert State(str(event.data["state"])) in MAY_FOLLOW[State(str(event.data["before"]))], event
    await journal.close()
