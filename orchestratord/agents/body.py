"""An agent's process in its pane: put there, found there, watched, and taken away. It decides nothing."""

import asyncio
import contextlib
import signal
from collections.abc import Callable, Mapping
from typing import Final

from pydantic import JsonValue

from orchestratord.agents.activity import NOTHING_YET, Source
from orchestratord.agents.ending import Ending
from orchestratord.agents.ending_tree import Tree, climb
from orchestratord.agents.limits import KnownLimit
from orchestratord.agents.observing import Observer, Screen
from orchestratord.agents.preparing import Preparer
from orchestratord.agents.record import Record
from orchestratord.agents.run import Run
from orchestratord.agents.stopping import AFTER_HANGUP, Rung, ladder
from orchestratord.agents.surroundings import Surroundings
from orchestratord.agents.sweeping import Sweeper
from orchestratord.agents.turns import Turn, TurnKind, kind_of
from orchestratord.config.agent import AgentConfig
from orchestratord.errors import Unavailable
from orchestratord.processes import ProcessId
from orchestratord.processes.zombie import killed_by
from orchestratord.providers.base import ExitCause, Launch, Provider, Reading
from orchestratord.providers.registry import provider_for
from orchestratord.tmux.environment import DAEMONS_OWN
from orchestratord.tmux.errors import PaneGone

__all__ = ["Body"]


class Body:
    """What there is of one agent.

    ``news`` is called when its process has ended, ``believes`` when its belief has changed, ``late`` when it has not
    become ready in time; all on the loop. ``run``: the launch that runs or has just ended.
    """

    def __init__(
        self,
        config: AgentConfig,
        record: Record,
        around: Surroundings,
        *,
        news: Callable[[], None],
        believes: Callable[[], None],
        late: Callable[[], None],
    ) -> None:
        self.name: Final = config.name
        self.config = config
        self.provider: Provider = provider_for(config)
        self.record = record
        self.run: Run | None = None
        self.sweeper = Sweeper(config.name, around.journal)
        self.observer = Observer(
            around.clock, self._screen, told=self._told, turned=self._turned, changed=believes, late=late
        )
        self._around = around
        self._news = news
        self._preparer = Preparer(around.places, around.preparing, around.telemetry)

    @property
    def pid(self) -> int | None:
        """Of the process in its pane, while that lives."""
        return self.run.pid if self.run is not None and not self.run.gone.is_set() else None

    @property
    def launch(self) -> str | None:
        """The id of the launch that runs or is being started."""
        return self.record.launch if self.observer.watching else None

    def configure(self, config: AgentConfig) -> None:
        """The next start is made of this configuration."""
        self.config = config
        self.provider = provider_for(config)
        self._preparer.cancel()

    async def start(self, *, fresh: bool, still_wanted: Callable[[], bool]) -> bool:
        """Put a new process into the pane; False when it was not wanted any more once all was prepared.

        Without ``fresh`` a launch that was prepared ahead is taken, and nothing here touches the disk.
        Raises CannotLaunch, and what keeps tmux from it.
        """
        record, clock, resume = self.record, self._around.clock, self._resume
        pane = await self._around.session.pane(self.name)
        prepared = await self._preparer.take(self.config, self.provider, resume, fresh=fresh)
        if not still_wanted():
            return False
        launch = prepared.launch
        record.ran(prepared.id, clock())
        self._observe(ready=False)
        pid = await pane.respawn(_argv(launch), launch.env, self.config.work_dir, marks={"launch": prepared.id})
        record.process = ProcessId.of(pid)
        if launch.session_id != record.session_id:
            record.session_id, record.can_resume = launch.session_id, False
        self.run = Run(prepared.id, pid, record.process, self._news, clock, resumed=resume is not None)
        return True

    def adopt(self, launch: str, process: ProcessId) -> None:
        """Go on with a process that an earlier daemon has put there."""
        if self.record.process != process:
            # That daemon was killed between the start and its note.
            self.record.ran(launch, self._around.clock())
            self.record.process = process
        self.run = Run(launch, process.pid, process, self._news, self._around.clock)
        self._observe(ready=self.record.ready)

    async def how_it_ended(self) -> Ending:
        """Status, signal and cause of the end that has just come: from the kernel, or in one round trip from tmux.

        Raises TmuxUnavailable when there is nobody to ask.
        """
        run, session = self.run, self._around.session
        at = self._around.clock() if run is None or run.ended_at is None else run.ended_at
        pane = session.panes.get(self.name)
        if run is None or pane is None:
            return Ending(at, None, None, ExitCause.KILLED)
        # What a signal has ended has no last words to be read; but a hangup means that pane or session may have gone.
        number = killed_by(run.process) if run.process is not None else None
        if number not in {None, signal.SIGHUP}:
            return self.ending(at, None, number, "")
        try:
            told, screen = await asyncio.gather(pane.end_status(run.pid), pane.capture())
        except PaneGone:
            # Either its pane was removed, or all were: then the connection is about to end.
            await session.settled()
            session.forget(self.name)
            return Ending(at, None, None, ExitCause.KILLED, words="its pane was removed")
        return self.ending(at, told.status, told.signal, screen)

    def ending(self, at: float, status: int | None, number: int | None, screen: str) -> Ending:
        """What an end means whose status, signal and last screen are known."""
        cause = self.provider.classify_exit(status, number, screen)
        limited_until = self.observer.belief.limited_until
        if cause is ExitCause.USAGE_LIMIT and (reading := self.provider.read_screen(screen, "", at)):
            limited_until = reading.limited_until or limited_until
        return Ending(at, status, number, cause, limited_until)

    async def end(self, at_rung: Callable[[Rung], None]) -> list[ProcessId]:
        """Up the ladder until nothing of it is left, earlier launches' leftovers among it; who is left even so."""
        run = self.run
        if run is None:
            return []

        async def press(keys: tuple[str, ...]) -> None:
            # A pane that takes no keys is no reason not to climb on.
            with contextlib.suppress(Unavailable):
                await (await self._around.session.pane(self.name)).keys(*keys)

        rungs = ladder(self.provider.quit_steps)
        left = await climb(rungs, run.tree, press=press, leader_gone=run.gone, at_rung=at_rung)
        await self.sweeper.done()
        return left

    async def end_after_hangup(self) -> None:
        """Its terminal has gone: end what of it has not noticed."""
        run = self.run
        self.observer.end()
        if run is not None:
            await climb(AFTER_HANGUP, run.tree, leader_gone=run.gone)
        else:
            # It may have been started in the very moment, and nobody has seen its process.
            self.sweeper.later(Tree(None, self.record.launch))
        self.let_go()

    def let_go(self, *, children: bool = False) -> None:
        """Look at it no more; the processes are left as they are. ``children``: they are swept when there is time."""
        self.observer.end()
        self.record.process = None
        if self.run is not None:
            self.run.close()
            if children:
                self.sweeper.later(Tree(None, self.run.launch))
            launch, self.run = self.run.launch, None
            self._around.turns.tell(Turn(self.name, launch, TurnKind.ENDED, self._around.clock()))

    def close(self) -> None:
        """Let go for good."""
        if self.run is not None:
            self.run.close()
        self.observer.end()
        self._preparer.cancel()
        self.sweeper.cancel()

    def prepare_ahead(self) -> None:
        """Make the next start ready, so that a sudden end costs no more than a respawn."""
        self._preparer.ahead(self.config, self.provider, self._resume)

    @property
    def _resume(self) -> str | None:
        return self.record.session_id if self.record.can_resume and self.provider.resumable else None

    def _observe(self, *, ready: bool) -> None:
        patterns, record = self.config.patterns, self.record
        if record.limited_until is not None:
            self.observer.known_limit = KnownLimit(record.limit, record.limited_until)
        self.observer.begin(
            self.provider,
            patterns=any((patterns.ready, patterns.working, patterns.waiting)),
            ready=ready,
            deadline=self._around.ready_within(self.provider),
        )

    async def _screen(self) -> Screen:
        pane = await self._around.session.pane(self.name)
        screen, facts = await asyncio.gather(pane.capture(), pane.facts())
        return screen, facts.title

    def overhear(self, payload: Mapping[str, JsonValue], launch: str, at: float) -> None:
        """What a hook of a launch that is over had told: nothing about now, but still what became of its turns."""
        reading = self.provider.read_hook(payload, now=at)
        if reading is None:
            return
        kind = kind_of(NOTHING_YET, NOTHING_YET, reading, Source.HOOK, hooks_tell=True)
        if kind is not None:
            self._around.turns.tell(_turn(self.name, launch, kind, reading, at))

    def _turned(self, kind: TurnKind, reading: Reading, at: float) -> None:
        self._around.turns.tell(_turn(self.name, self.record.launch or "", kind, reading, at))

    def _told(self, reading: Reading) -> None:
        record = self.record
        before = (record.session_id, record.can_resume)
        self._remember_limit()
        if reading.session_id is not None and reading.session_id != record.session_id:
            record.session_id, record.can_resume = reading.session_id, False
        if reading.can_resume is not None:
            record.can_resume = reading.can_resume
        if (record.session_id, record.can_resume) != before:
            self._around.books.write(self.name, record)
            if self.observer.ready:
                self.prepare_ahead()

    def _remember_limit(self) -> None:
        record, limit = self.record, self.observer.known_limit
        told = ("", None) if limit is None else (limit.words, limit.until)
        if (record.limit, record.limited_until) != told:
            record.limit, record.limited_until = told
            self._around.books.write(self.name, record)


def _turn(agent: str, launch: str, kind: TurnKind, reading: Reading, at: float) -> Turn:
    error = reading.dialog.text if kind is TurnKind.DIALOG and reading.dialog is not None else reading.error
    return Turn(agent, launch, kind, at, prompt=reading.prompt, reply=reading.reply, error=error)


def _argv(launch: Launch) -> tuple[str, ...]:
    """The command, without the variables that tmux would still hand on: those it does not drop for everybody."""
    drop = [name for name in launch.drop_env if name not in DAEMONS_OWN]
    return ("/usr/bin/env", *(word for name in drop for word in ("-u", name)), *launch.argv) if drop else launch.argv
