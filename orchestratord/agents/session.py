"""The cluster's tmux session through its life: found, made, lost, made again."""

import asyncio
import contextlib
import hashlib
import shlex
from collections.abc import Callable, Mapping, Sequence
from typing import Final, Protocol

import structlog

from orchestratord.agents.restart import wait_before_rebuild
from orchestratord.config.places import Places
from orchestratord.errors import OrchestratorError, TmuxUnavailable
from orchestratord.journal.store import Journal
from orchestratord.tmux.control import Control
from orchestratord.tmux.facts import PaneFacts, list_panes
from orchestratord.tmux.pane import Pane
from orchestratord.tmux.place import Place
from orchestratord.tmux.session import SessionKeeper
from orchestratord.tmux.watch import PaneWatch

__all__ = ["Session", "Tenants", "mark_of"]

_RETRY: Final = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0)
_log = structlog.get_logger(__name__)


class Tenants(Protocol):
    """Those for whom the session is kept."""

    def names(self) -> Sequence[str]:
        """Who shall have a pane, in the order of the panes."""

    def log_program(self, name: str) -> Sequence[str]:
        """The program that keeps the log of what this one's pane shows."""

    def session_lost(self, why: str) -> None:
        """The session has gone with all panes; called once for each loss, before anything is made again."""

    def want_session(self) -> bool:
        """Whether a lost session should be made again at once."""

    def session_recovered(self) -> None:
        """It can be used again."""

    def panes_changed(self) -> None:
        """Panes may have been removed by hand."""


def mark_of(places: Places) -> str:
    """What marks the panes of the daemon that owns this state directory, and of no other."""
    return hashlib.sha256(bytes(places.state_dir)).hexdigest()[:16]


class Session:
    """One session, its connection and our panes in it by agent; ``mark`` tells them from everybody else's."""

    def __init__(
        self, place: Place, name: str, mark: str, journal: Journal, clock: Callable[[], float], tenants: Tenants
    ) -> None:
        self.name: Final = name
        self.mark: Final = mark
        self.error: str | None = None
        """Why tmux cannot be used at the moment; None when it can."""
        self.panes: Mapping[str, Pane] = {}
        self._journal = journal
        self._clock = clock
        self._tenants = tenants
        self.timed: Callable[[str, float], None] = _unheard
        """Told of each command of tmux how many seconds its answer took."""
        self._keeper = SessionKeeper(place, name, mark)
        self._control = Control(place, name, gone=self._gone, observe=self._took)
        self._watch = PaneWatch(self._control, tenants.panes_changed)
        self._making = asyncio.Lock()
        self._rebuilding: asyncio.Task[None] | None = None
        self._losses: list[float] = []

    @property
    def available(self) -> bool:
        """Whether a start makes sense now: no lost session is being made again."""
        return self._rebuilding is None

    @property
    def stands(self) -> bool:
        """Whether we are connected to it."""
        return self._control.connected

    async def find(self) -> list[PaneFacts]:
        """All panes of the server that holds our session, others' among them; [] where we have none."""
        if not await self._keeper.exists():
            return []
        await self._control.connect()
        return await list_panes(self._control)

    async def take(self, panes: Mapping[str, str]) -> None:
        """These panes, by their ids, are those agents' from an earlier daemon's time."""
        taken = {name: Pane(self._control, pane) for name, pane in panes.items()}
        await self._keep_logs(taken)
        self.panes = {**self.panes, **taken}

    async def pane(self, name: str) -> Pane:
        """The agent's pane, made with all others that are missing. Raises TmuxUnavailable, CommandFailed."""
        if name not in self.panes:
            await self.make()
        return self.panes[name]

    async def make(self) -> None:
        """Make the session and every pane that is missing; does nothing where nothing is."""
        async with self._making:
            names = self._tenants.names()
            if self._control.connected and all(name in self.panes for name in names):
                return
            ids = await self._keeper.ensure(names)
            await self._control.connect()
            made = {name: Pane(self._control, ids[name]) for name in names if not self._is(name, ids[name])}
            await self._keep_logs(made)
            self.panes = {**self.panes, **made}
        self.error = None

    def forget(self, name: str) -> None:
        """The agent's pane is gone; the next one who asks gets a new one."""
        self.panes = {other: pane for other, pane in self.panes.items() if other != name}

    async def remove(self, name: str) -> None:
        """Remove the agent's pane; the last one takes the session along."""
        pane = self.panes.get(name)
        self.forget(name)
        if pane is not None:
            await self.close_pane(pane.id)

    async def close_pane(self, pane: str) -> None:
        """Remove a pane of ours by its id; gone already counts as done."""
        with contextlib.suppress(TmuxUnavailable):
            await Pane(self._control, pane).close()

    async def destroy(self) -> None:
        """Remove the session, which is no loss."""
        self.panes = {}
        await self.close()
        await self._keeper.destroy()

    async def close(self) -> None:
        """Let go of the connection; what is there stays."""
        if self._rebuilding is not None:
            self._rebuilding.cancel()
            self._rebuilding = None
        await self._control.close()

    async def settled(self, patience: float = 5.0) -> None:
        """Ask until tmux answers, or the session's loss has been told, or ``patience`` seconds are over."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(patience):
                while self.panes:
                    try:
                        await self._control.command("display-message", "-p", "")
                    except TmuxUnavailable:
                        await asyncio.sleep(_RETRY[0])
                    else:
                        return

    async def _keep_logs(self, panes: Mapping[str, Pane]) -> None:
        programs = {name: shlex.join(["exec", *self._tenants.log_program(name)]) for name in panes}
        done = await asyncio.gather(*(panes[name].pipe(programs[name]) for name in panes), return_exceptions=True)
        for name, fault in zip(panes, done, strict=True):
            if isinstance(fault, TmuxUnavailable):
                _log.warning("the pane's log cannot be kept", agent=name, error=fault.message)
            elif isinstance(fault, BaseException):
                raise fault

    def _is(self, name: str, pane: str) -> bool:
        return name in self.panes and self.panes[name].id == pane

    def _took(self, command: str, seconds: float) -> None:
        self.timed(command, seconds)

    def _gone(self, words: str) -> None:
        """The connection's word that there is no such session any more."""
        if not self.panes:
            return
        now = self._clock()
        wait = wait_before_rebuild(self._losses, now)
        self._losses = [*self._losses[-9:], now]
        self.panes = {}
        why = f"the tmux session has gone ({words})" if words else "the tmux session has gone"
        wanted = self._tenants.want_session()
        self._journal.append("cluster.session_lost", None, reason=why, session=self.name, rebuild=wanted, after=wait)
        if wanted:
            self._rebuilding = asyncio.create_task(self._rebuild(wait))
        self._tenants.session_lost(why)

    async def _rebuild(self, wait: float) -> None:
        await asyncio.sleep(wait)
        for pause in (*_RETRY, *[_RETRY[-1]] * 1_000_000):
            try:
                await self.make()
                break
            except OrchestratorError as fault:
                if fault.message != self.error:
                    _log.error("the session cannot be made", error=fault.message)
                self.error = fault.message
                await asyncio.sleep(pause)
        self._rebuilding = None
        self._journal.append("cluster.session_rebuilt", None, session=self.name, panes=len(self.panes))
        self._tenants.session_recovered()


def _unheard(_command: str, _seconds: float) -> None:
    """Nobody measures."""
