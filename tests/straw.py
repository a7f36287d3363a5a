"""A house whose cluster is of straw: a real journal, real tokens, and agents that only note what was asked of them."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, cast

from pydantic import JsonValue

from orchestratord.access.role import Caller, Role
from orchestratord.access.tokens import Tokens
from orchestratord.agents.cluster import Cluster
from orchestratord.agents.meter import Meter
from orchestratord.config.difference import Difference, changed
from orchestratord.config.places import Places
from orchestratord.config.schema import Configuration
from orchestratord.journal.store import Journal
from orchestratord.mail.mailbox import Mailbox
from orchestratord.processes.identity import ProcessId
from orchestratord.verbs.house import House

__all__ = ["AGENT", "OPERATOR", "VISITOR", "StrawAgent", "StrawCluster", "house_of", "straw_of"]

OPERATOR = Caller(Role.OPERATE, "uid 0 (pid 1)", uid=0, pid=1)
VISITOR = Caller(Role.LOOK, "loopback")
AGENT = Caller(Role.TAKE_PART, "agent anna (pid 2)", "anna", uid=0, pid=2, launch="launch-anna")


class StrawAgent:
    """An agent that is whatever the test says."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.launch: str | None = f"launch-{name}"
        self.process: ProcessId | None = None
        self.shown: dict[str, JsonValue] = {
            "name": name, "state": "stopped", "running": False, "desired": "stopped", "restart_count": 0, "pane": None,
        }  # fmt: skip

    def view(self) -> dict[str, JsonValue]:
        return dict(self.shown)


class StrawCluster:
    """Notes what it is asked; ``busy`` keeps it from being done before the test sets it."""

    def __init__(self, configuration: Configuration, journal: Journal) -> None:
        self.configuration = configuration
        self.meter = Meter(journal)
        self.agents = {name: StrawAgent(name) for name in configuration.by_name}
        self.opened = asyncio.Event()
        self.opened.set()
        self.done = asyncio.Event()
        self.done.set()
        self.asked: list[tuple[Any, ...]] = []
        self.hooks: list[tuple[str, str, Mapping[str, JsonValue]]] = []
        self.fault: Exception | None = None
        self.output: Mapping[str, JsonValue] | None = None

    def view(self) -> dict[str, JsonValue]:
        return {"name": self.configuration.cluster.name, "state": "stopped"}

    async def start(self, names: Sequence[str] | None, progress: Callable[[Mapping[str, JsonValue]], None]) -> None:
        await self._do("start", names)
        progress({"agent": "anna", "state": "idle"})

    async def stop(self, names: Sequence[str] | None, _progress: object) -> None:
        await self._do("stop", names)

    async def restart(self, names: Sequence[str] | None, _progress: object, *, rolling: bool) -> None:
        await self._do("restart", names, rolling)

    async def shutdown(self, _progress: object) -> None:
        await self._do("shutdown")

    async def hold(self, name: str) -> None:
        await self._do("hold", name)

    async def release(self, name: str) -> None:
        await self._do("release", name)

    async def reset_failed(self, name: str) -> None:
        await self._do("reset_failed", name)

    async def answer(self, name: str, *, allow: bool, by: str, dialog: str | None) -> None:
        await self._do("answer", name, allow, by, dialog)

    async def reload(self, configuration: Configuration) -> Difference:
        await self._do("reload")
        difference = changed(self.configuration, configuration)
        self.configuration = configuration
        return difference

    def report_hook(self, name: str, launch: str, payload: Mapping[str, JsonValue]) -> Mapping[str, JsonValue] | None:
        self.hooks.append((name, launch, payload))
        return self.output

    def time_tmux(self, told: Callable[[str, float], None]) -> None:
        self.tmux_told = told

    def whose(self, launch: str) -> str | None:
        return next((name for name, agent in self.agents.items() if agent.launch == launch), None)

    async def _do(self, *what: Any) -> None:
        self.asked.append(what)
        await self.done.wait()
        if self.fault is not None:
            raise self.fault


@asynccontextmanager
async def house_of(place: Path, *names: str) -> AsyncIterator[House]:
    """A house below ``place`` with these agents."""
    environ = {
        "HOME": str(place), "ORCHESTRATOR_STATE_DIR": str(place / "state"), "ORCHESTRATOR_SOCKET": str(place / "s"),
        "ORCHESTRATOR_TMUX_SOCKET": str(place / "tmux.sock"),
    }  # fmt: skip
    places = Places.find(environ, uid=0, cwd=place, exists=lambda _: False)
    places.state_dir.mkdir(exist_ok=True)
    configuration = Configuration.model_validate({"agents": [{"name": name} for name in names]})
    journal = await Journal.open(places.journal)
    mailbox = Mailbox(journal, configuration)
    await mailbox.open()
    try:
        yield House(
            cluster=cast("Cluster", StrawCluster(configuration, journal)),
            journal=journal,
            mailbox=mailbox,
            places=places,
            tokens=await asyncio.to_thread(Tokens.load, places.tokens),
            configuration=configuration,
            load=lambda: configuration,
        )
    finally:
        mailbox.close()
        await journal.close()


def straw_of(house: House) -> StrawCluster:
    """The straw in it."""
    return cast("StrawCluster", house.cluster)
