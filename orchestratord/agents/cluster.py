"""All agents of one configuration, and everything an operator can do with them."""

import asyncio
import time
from collections.abc import Callable, Coroutine, Mapping, Sequence
from typing import Any, Final, cast

import structlog
from pydantic import JsonValue

from orchestratord.agents.agent import Agent
from orchestratord.agents.meter import Meter
from orchestratord.agents.operations import NotStarted, NotStopped, Progress, bring_down, bring_up, nobody
from orchestratord.agents.record import Books
from orchestratord.agents.session import Session, mark_of
from orchestratord.agents.states import Desired
from orchestratord.agents.surroundings import Surroundings
from orchestratord.agents.taking_over import end_abandoned, read_spool, take_over
from orchestratord.agents.turns import Turn
from orchestratord.config.difference import Difference, changed
from orchestratord.config.places import Places
from orchestratord.config.schema import Configuration
from orchestratord.errors import Conflict, NoSuchAgent, TmuxUnavailable
from orchestratord.journal.store import Journal
from orchestratord.logs import pane_log
from orchestratord.providers.registry import provider_for
from orchestratord.tmux.errors import PaneGone
from orchestratord.tmux.place import Place

__all__ = ["Cluster", "NotStarted", "NotStopped", "Progress"]

_DESIRED: Final = "cluster/desired"
_TRY_AGAIN: Final = 1.0
_log = structlog.get_logger(__name__)


class Cluster:
    """The agents, their tmux session, and the one who owns them.

    ``agents`` by name, in the order of the configuration. ``opened`` is set once every agent of a predecessor was
    looked for; before that nothing may be asked of the cluster but to look.
    """

    def __init__(
        self, configuration: Configuration, places: Places, journal: Journal, *, clock: Callable[[], float] = time.time
    ) -> None:
        self.opened = asyncio.Event()
        self._configuration = configuration
        self._places = places
        self._journal = journal
        self._clock = clock
        self._desired = Desired.STOPPED
        self._around = Surroundings(
            places=places,
            journal=journal,
            books=Books(journal),
            session=self._new_session(),
            monitoring=configuration.monitoring,
            clock=clock,
        )
        self._agents = {agent.name: Agent(agent, self._around) for agent in configuration.agents}
        self._lives: dict[str, asyncio.Task[None]] = {}
        self._errands: set[asyncio.Task[None]] = set()

    @property
    def agents(self) -> Mapping[str, Agent]:
        """By name, in the order of the configuration; one that was removed from it stays until it has ended."""
        return self._agents

    @property
    def meter(self) -> Meter:
        """What the agents have used of tokens and money, and who may report it."""
        return self._around.meter

    def time_tmux(self, told: Callable[[str, float], None]) -> None:
        """Have ``told`` hear of each command of tmux how many seconds its answer took."""
        self._around.session.timed = told

    # The daemon's own

    async def open(self) -> None:
        """Adopt what runs, restart by policy what was lost, start what is wished to run.

        Returns when agents are adopted (``opened``), or when tmux does not answer: then it goes on trying, and the
        view says so. Starts are not waited for.
        """
        await self.meter.open()
        try:
            await self._take_over()
        except TmuxUnavailable as fault:
            self._around.session.error = fault.message
            self._errand(self._keep_trying())

    async def close(self, *, leave_agents: bool = True) -> None:
        """Let go. The agents run on for the next daemon, or are ended with the session (``leave_agents=False``)."""
        if not leave_agents:
            await self.shutdown()
        tasks = [*self._errands, *self._lives.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._around.session.close()

    async def reload(self, configuration: Configuration) -> Difference:
        """Follow a new configuration: agents come and go; changed ones run on, ``outdated``, until restarted.

        New agents start at once where the cluster as a whole is wished to run. Raises BadConfiguration for a provider
        that this version cannot run; nothing has changed then.
        """
        difference = changed(self._configuration, configuration)
        wanted = configuration.by_name
        if returning := [name for name in difference.added if name in self._agents]:
            raise Conflict(f"{', '.join(returning)} is still being ended", hint="Reload again in a moment.")
        born = {name: Agent(wanted[name], self._around) for name in difference.added}
        for name in difference.changed:
            provider_for(wanted[name])
        self._configuration = configuration
        self._around.monitoring = configuration.monitoring
        for name in difference.changed:
            self._agents[name].life.configure(wanted[name], relaunch=name in difference.relaunch)
        leaving = {name: agent for name, agent in self._agents.items() if name not in wanted}
        self._agents = {name: born.get(name) or self._agents[name] for name in wanted} | leaving
        for name in difference.removed:
            self._errand(self._part_with(self._agents[name]))
        self._journal.append("config.reloaded", None, **cast("dict[str, JsonValue]", difference.as_json()))
        for agent in born.values():
            self._begin(agent)
            if self._desired is Desired.RUNNING:
                agent.wish_start()
        return difference

    def report_hook(self, name: str, launch: str, payload: Mapping[str, JsonValue]) -> Mapping[str, JsonValue] | None:
        """Take what an agent's hook told; from any launch but the one that runs it changes nothing.

        Returns what the hook shall say to its CLI, None for nothing.
        """
        agent = self._agents.get(name)
        return agent.ask(payload, self._clock()) if agent is not None and agent.launch == launch else None

    def whose(self, launch: str) -> str | None:
        """The agent whose latest launch this is; None when an earlier one's, or nobody's."""
        return next((name for name, agent in self._agents.items() if agent.life.record.launch == launch), None)

    def follow_turns(self, callback: Callable[[Turn], None]) -> Callable[[], None]:
        """Have all that happens to turns, also while no daemon looked, given to ``callback``. Returns how to stop."""
        return self._around.turns.follow(callback)

    async def hear_spooled(self) -> None:
        """Take what hooks have left behind because nobody answered them in time."""
        await read_spool(self._agents, self._around)

    # The operator's

    def view(self) -> dict[str, JsonValue]:
        """How the cluster is: ``{name, session, session_exists, state, desired, tmux: {available, error}}``.

        ``state`` is ``running`` while any agent's process lives, else ``stopped``.
        """
        session = self._around.session
        running = any(agent.process is not None for agent in self._agents.values())
        return {
            "name": self._configuration.cluster.name,
            "session": session.name,
            "session_exists": bool(session.panes),
            "state": "running" if running else "stopped",
            "desired": self._desired.value,
            "tmux": {"available": session.error is None, "error": session.error},
        }

    async def start(self, names: Sequence[str] | None = None, progress: Progress = nobody) -> None:
        """Start these agents (None: all) and wait until each is ready, or it is known that it will not be.

        What runs already counts as done. Raises NoSuchAgent, NotStarted (with every agent's reason), TmuxUnavailable.
        """
        agents = self._chosen(names, Desired.RUNNING)
        await self._around.session.make()
        for agent in agents:
            agent.wish_start()
        await bring_up(agents, progress)

    async def stop(self, names: Sequence[str] | None = None, progress: Progress = nobody) -> None:
        """End these agents (None: all) with everything they have started; the session and its panes stay.

        Raises NoSuchAgent, NotStopped.
        """
        agents = self._chosen(names, Desired.STOPPED)
        for agent in agents:
            agent.wish_stop()
        await bring_down(agents, progress)

    async def restart(
        self, names: Sequence[str] | None = None, progress: Progress = nobody, *, rolling: bool = False
    ) -> None:
        """End and start again; ``rolling``: one after the other, and no further one after one that failed.

        Raises NoSuchAgent, NotStarted, TmuxUnavailable.
        """
        agents = self._chosen(names, Desired.RUNNING)
        await self._around.session.make()
        for group in [[agent] for agent in agents] if rolling else [agents]:
            for agent in group:
                agent.wish_restart()
            await bring_up(group, progress)

    async def shutdown(self, progress: Progress = nobody) -> None:
        """Stop all, then remove the session. The cluster can be started again.

        Raises NotStopped; Conflict when somebody starts agents meanwhile.
        """
        await self.stop(None, progress)
        if any(agent.life.record.desired is Desired.RUNNING for agent in self._agents.values()):
            raise Conflict("agents were started while the cluster was shut down; the session stays")
        await self._around.session.destroy()
        self._journal.append("cluster.shutdown")
        self._around.session = self._new_session()

    async def hold(self, name: str) -> None:
        """Leave the agent as it is: no automatic restart until it is released."""
        self._named(name).hold()

    async def release(self, name: str) -> None:
        """End the hold; what is wished to run and does not is started."""
        self._named(name).release()

    async def reset_failed(self, name: str) -> None:
        """Forget the agent's failures; what is wished to run and has failed is started."""
        self._named(name).reset_failed()

    async def answer(self, name: str, *, allow: bool, by: str, dialog: str | None = None) -> None:
        """Say yes or no to the dialog that the agent shows; raises what :meth:`Answering.answer` does."""
        await self._named(name).answering.answer(allow=allow, by=by, dialog=dialog)

    def _named(self, name: str) -> Agent:
        if name not in self._agents:
            raise NoSuchAgent(f"there is no agent {name!r}", hint=f"There are {', '.join(self._agents)}.")
        return self._agents[name]

    def _chosen(self, names: Sequence[str] | None, wish: Desired) -> list[Agent]:
        if names is not None:
            return [self._named(name) for name in dict.fromkeys(names)]
        if wish is not self._desired:
            self._desired = wish
            self._journal.remember(_DESIRED, wish.value)
            self._journal.append("cluster.started" if wish is Desired.RUNNING else "cluster.stopped")
        return [self._agents[name] for name in self._configuration.by_name]

    # The session's tenants

    def names(self) -> Sequence[str]:
        """Who shall have a pane."""
        return list(self._agents)

    def log_program(self, name: str) -> Sequence[str]:
        """The program that keeps the log of what an agent's pane shows."""
        logging = self._configuration.logging
        return pane_log.command(self._places.log_dir / f"agent_{name}.log", logging.max_size)

    def session_lost(self, why: str) -> None:
        """Everything in the session has ended."""
        for agent in self._agents.values():
            agent.life.session_lost(why)

    def want_session(self) -> bool:
        """Whether any agent would start by itself."""
        records = [agent.life.record for agent in self._agents.values()]
        return any(record.desired is Desired.RUNNING and not record.resting and not record.held for record in records)

    def session_recovered(self) -> None:
        """Those who waited for it may start."""
        for agent in self._agents.values():
            agent.life.wake()

    def panes_changed(self) -> None:
        """A pane may have been removed by hand; its process may ignore that its terminal has gone."""
        self._errand(self._look_for_panes())

    # Behind the scenes

    async def _take_over(self) -> None:
        records = await self._around.books.read()
        desired = (await self._journal.recall(_DESIRED)).get(_DESIRED)
        self._desired = Desired.RUNNING if desired == Desired.RUNNING else Desired.STOPPED
        taken = await take_over(self._agents, records, self._around)
        for pane, found in taken.abandoned:
            self._errand(end_abandoned(pane, found, self._around))
        for name in records.keys() - self._agents.keys():
            self._around.books.forget(name)
            self.meter.forget(name)
        for agent in self._agents.values():
            self._begin(agent)
        self._around.session.error = None
        self._journal.append("cluster.opened", None, **dict(taken.counts))
        self.opened.set()

    async def _keep_trying(self) -> None:
        while not self.opened.is_set():
            await asyncio.sleep(_TRY_AGAIN)
            try:
                await self._take_over()
            except TmuxUnavailable as fault:
                if fault.message != self._around.session.error:
                    _log.error("tmux cannot be used", error=fault.message)
                self._around.session.error = fault.message

    async def _part_with(self, agent: Agent) -> None:
        """It is in the configuration no more: end it, remove its pane, forget it."""
        agent.wish_stop()
        await agent.settled()
        life = self._lives.pop(agent.name, None)
        if life is not None:
            life.cancel()
        await self._around.session.remove(agent.name)
        self._agents = {name: other for name, other in self._agents.items() if other is not agent}
        self._around.books.forget(agent.name)
        self.meter.forget(agent.name)

    async def _look_for_panes(self) -> None:
        for name, pane in self._around.session.panes.items():
            try:
                await pane.facts()
            except PaneGone:
                if self._around.session.panes.get(name) is pane:
                    self._around.session.forget(name)
                    self._agents[name].pane_removed()
            except TmuxUnavailable:
                return

    def _begin(self, agent: Agent) -> None:
        self._lives[agent.name] = asyncio.create_task(agent.life.live(), name=f"life of {agent.name}")

    def _errand(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._errands.add(task)
        task.add_done_callback(self._errands.discard)

    def _new_session(self) -> Session:
        return Session(
            Place(path=self._places.tmux_path, name=self._places.tmux_name),
            self._configuration.cluster.session_name,
            mark_of(self._places),
            self._journal,
            self._clock,
            self,
        )
