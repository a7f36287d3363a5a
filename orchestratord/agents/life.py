"""One agent's life as one task: it starts, ends, and is started again or not, as is wished."""

import asyncio
from traceback import walk_tb
from typing import Final

import structlog
from pydantic import JsonValue

from orchestratord.agents.asked import Asked
from orchestratord.agents.body import Body
from orchestratord.agents.ending import Ending
from orchestratord.agents.reconciling import Situation, Step, next_step
from orchestratord.agents.record import Record
from orchestratord.agents.restart import GiveUp, Past, Restart, Stay, decide
from orchestratord.agents.standing import Standing
from orchestratord.agents.states import Desired, State
from orchestratord.agents.surroundings import Surroundings
from orchestratord.config.agent import AgentConfig
from orchestratord.errors import TmuxUnavailable, Unavailable
from orchestratord.processes import ProcessId
from orchestratord.providers.base import CannotLaunch, ExitCause
from orchestratord.tmux.errors import PaneGone

__all__ = ["Life"]

_BY_OPERATOR: Final = "stopped by an operator"
_ASKED: Final = "started by an operator"
_AGAIN_AFTER_FAULT: Final = 1.0
_log = structlog.get_logger(__name__)


class Life:
    """The reconciler of one agent: whatever happens or is wished wakes it, and it takes the next step.

    Only the task that runs :meth:`live` acts; everybody else changes wishes and calls :meth:`wake`. The wishes that
    survive the daemon stand in ``record``; ``asked``: an operator asked for the start to come, which no hold and no
    failure forbids; ``anew``: why it is to end and start again, "" when it is not.
    """

    def __init__(self, config: AgentConfig, record: Record, around: Surroundings) -> None:
        self.record = record
        self.standing = Standing(config.name, around.journal, around.clock)
        self.body = Body(config, record, around, news=self._rouse, believes=self._believes, late=self._late)
        self.asked = False
        self.anew = ""
        self.dialogs = Asked(config.name, around.journal)
        self.name: Final = config.name
        self._around = around
        self._news = asyncio.Event()
        self._why = _ASKED
        self._cause: ExitCause | None = None
        """Why the process ended whose restart is to come; None for any other start."""
        self._due: float | None = None
        """When a restart is due, in the loop's time: a wall clock that is set must not bring it forward or off."""
        self._lost = ""

    # What others do to it

    def wake(self) -> None:
        """A wish has changed: remember it, and think again."""
        self._around.books.write(self.name, self.record)
        self._rouse()

    def configure(self, config: AgentConfig, *, relaunch: bool) -> None:
        """Go on under another configuration; a process that runs keeps its own until it is started again."""
        self.body.configure(config)
        self.record.outdated = self.body.run is not None and (self.record.outdated or relaunch)
        if self.record.resting:
            self.forgive()
        self.wake()

    def session_lost(self, why: str) -> None:
        """The session is gone, and everything in it with it."""
        self._lost = why
        self._rouse()

    def adopt(self, launch: str, process: ProcessId) -> None:
        """Its process of an earlier daemon still runs."""
        self.body.adopt(launch, process)
        self.standing.found(State.UNKNOWN if self.record.ready else State.STARTING, "adopted; not looked at yet")
        self._around.journal.append("agent.adopted", self.name, pid=process.pid, launch=launch)
        self.wake()

    def lose(self, ending: Ending, *, decide: bool) -> None:
        """Its process of an earlier daemon has ended while nobody looked; ``decide``: ask its policy what follows."""
        self._tell("agent.lost", launch=self.record.launch, pid=self.record.pid, **ending.as_json())
        self.record.process, self.record.exit = None, ending.as_json()
        self._why = ending.words
        if decide:
            self._follows(ending)
        self.wake()

    def forgive(self) -> None:
        """What went wrong before counts no more, and nothing is waited for."""
        self.record.forgive()
        self._due = self._cause = None

    def resume_rest(self) -> None:
        """It does not run, and an earlier daemon has written down why."""
        record = self.record
        if record.desired is Desired.RUNNING and record.failed:
            self.standing.found(State.FAILED, record.failed)
        elif record.desired is Desired.RUNNING and record.restart_at is not None:
            self._schedule(record.restart_at, "its restart was decided before the daemon's own")
        else:
            self.standing.found(State.STOPPED, record.done or _BY_OPERATOR if record.launch else "never started")

    @property
    def situation(self) -> Situation:
        """All that the next step depends on."""
        return Situation(
            desired=self.record.desired,
            alive=self.body.run is not None,
            anew=bool(self.anew),
            asked=self.asked,
            held=self.record.held,
            resting=self.record.resting,
            scheduled=self._due is not None and asyncio.get_running_loop().time() < self._due,
            ready_to_start=self._around.session.available,
        )

    @property
    def quiet(self) -> bool:
        """Whether nothing is under way and nothing will be by itself."""
        run = self.body.run
        under_way = self._lost or (run is not None and run.gone.is_set())
        step = next_step(self.situation)
        waits_for_hours = step is Step.AWAIT_RESTART and self.standing.state is State.LIMITED
        return not under_way and self.standing.state.settled and (step is Step.REST or waits_for_hours)

    # The life itself

    async def live(self) -> None:
        """Until cancelled, which leaves the process alone."""
        try:
            while True:
                self._news.clear()
                try:
                    await self._turn()
                except Unavailable as fault:
                    _log.warning("tmux refused a step", agent=self.name, error=fault.message)
                    await self._after_refusal(fault)
                except Exception as fault:  # noqa: BLE001  # a fault of ours in one life is told and must not end it
                    # Not with its traceback's source lines: those would be read from the disk, on the loop.
                    steps = [f"{frame.f_code.co_qualname}:{line}" for frame, line in walk_tb(fault.__traceback__)]
                    _log.error("an agent's life went wrong", agent=self.name, error=repr(fault), at=steps)
                    self.asked, self.anew = False, ""
                    self._fail(f"internal error: {fault!r}", ExitCause.CRASHED)
                    await asyncio.sleep(_AGAIN_AFTER_FAULT)
        finally:
            self.body.close()

    async def _turn(self) -> None:
        if self._lost:
            await self._after_loss()
        if self.body.run is not None and self.body.run.gone.is_set():
            await self._after_end()
        match next_step(self.situation):
            case Step.START:
                await self._start()
            case Step.END:
                await self._end()
            case Step.AWAIT_RESTART:
                self.body.sweeper.begin()
                await self._news_until(self._due)
            case Step.REST:
                self._rest()
                self.body.sweeper.begin()
                self.standing.bell.ring()
                await self._news.wait()

    async def _news_until(self, due: float | None) -> None:
        try:
            async with asyncio.timeout_at(due):
                await self._news.wait()
        except TimeoutError:
            return

    def _rouse(self) -> None:
        self._news.set()
        self.standing.bell.ring()

    async def _start(self) -> None:
        why = _ASKED if self.asked else self._why
        self._due = None
        if self.standing.state is not State.STARTING:
            self.standing.becomes(State.STARTING, why)
        try:
            started = await self.body.start(
                fresh=self.asked, still_wanted=lambda: not self._lost and next_step(self.situation) is Step.START
            )
        except CannotLaunch as fault:
            self.asked = False
            self._fail(fault.message, fault.cause)
            return
        if not started:
            return
        if self._cause is not None:
            self.record.restart_count += 1
            self._tell("agent.restarting", cause=self._cause.value, reason=why, count=self.record.restart_count)
        self.asked, self._cause = False, None
        self.body.sweeper.begin()
        self.wake()

    async def _end(self) -> None:
        why = self.anew or _BY_OPERATOR
        self.standing.becomes(State.STOPPING, why, pid=self.body.pid)
        left = await self.body.end(lambda rung: self._tell("agent.signalled", by=rung.name))
        if left:
            pids = ", ".join(str(process.pid) for process in left)
            self.asked, self.anew = False, ""
            self._fail(f"cannot be ended: {pids} outlived SIGKILL", ExitCause.CRASHED)
        elif self.body.run is not None:
            await self._note_the_end()
        self._why, self.anew = self.anew, ""
        self.wake()

    async def _after_end(self) -> None:
        """It has ended without having been told to."""
        resumed = self.body.run is not None and self.body.run.resumed
        ending = await self._note_the_end()
        if ending is None:
            return
        if ending.cause is ExitCause.SESSION_GONE or (resumed and not self.record.ready):
            # A conversation that cannot be taken up again must not keep it from ever starting.
            self.record.can_resume = False
        if self.record.desired is Desired.RUNNING and not self.anew:
            self._follows(ending)
        self._why, self.anew = self.anew or self._why, ""
        self._around.books.write(self.name, self.record)

    async def _note_the_end(self) -> Ending | None:
        """Write down how it ended and let go of it; None when it went down with the session."""
        try:
            ending = await self.body.how_it_ended()
        except TmuxUnavailable:
            await self._around.session.settled()
            if self._lost:
                return None
            ending = Ending(self._around.clock(), None, None, ExitCause.KILLED)
        if self._lost:
            return None
        self.record.exit = ending.as_json()
        self._tell("agent.exited", launch=self.record.launch, pid=self.record.pid, **ending.as_json())
        self.body.let_go(children=True)
        return ending

    def _follows(self, ending: Ending) -> None:
        """Take the restart decision for this end."""
        record, policy, now = self.record, self.body.config.restart, self._around.clock()
        past = Past(record.restarts, record.started_at)
        decision = decide(
            policy, past, ending.cause, now, jitter=self._around.chance(), limited_until=ending.limited_until
        )
        why = f"{decision.reason} ({ending.words})"
        match decision:
            case Restart(at=at, counts=counts):
                record.restarts = (*past.recent(policy, now), at) if counts else record.restarts
                self._cause = ending.cause
                state = State.LIMITED if ending.cause is ExitCause.USAGE_LIMIT else State.BACKOFF
                self._schedule(at, why, state)
            case GiveUp():
                self._fail(why, ending.cause)
            case Stay():
                record.done = why
                self.standing.becomes(State.STOPPED, why)

    def _schedule(self, at: float, why: str, state: State = State.BACKOFF) -> None:
        wait = at - self._around.clock()
        self._why = why
        if wait <= 0 or self.record.held:
            return
        self._due = asyncio.get_running_loop().time() + wait
        self.record.restart_at = at
        self.standing.becomes(state, why, restart_at=at)

    def _fail(self, reason: str, cause: ExitCause) -> None:
        self.record.failed, self._cause = reason, None
        self.standing.becomes(State.FAILED, reason, cause=cause.value)
        self.wake()

    async def _after_loss(self) -> None:
        """The session went, and with it the process; not by the agent's fault, so no policy is asked."""
        why, self._lost = self._lost, ""
        if self.body.run is not None or self.standing.state is State.STARTING:
            if self.record.desired is Desired.RUNNING:
                self.standing.becomes(State.BACKOFF, why)
            await self.body.end_after_hangup()
            self._why, self._cause, self._due, self.anew = why, None, None, ""

    async def _after_refusal(self, fault: Unavailable) -> None:
        """A start that tmux refuses is a failed start, unless the session itself has gone."""
        await self._around.session.settled()
        if self._lost:
            return
        if self.body.run is not None:
            await asyncio.sleep(_AGAIN_AFTER_FAULT)
            return
        self.body.let_go()
        if isinstance(fault, PaneGone):
            # Removed by hand a moment ago: the next try makes another one.
            self._around.session.forget(self.name)
            return
        self.asked = False
        self._follows(Ending(self._around.clock(), None, None, ExitCause.CRASHED, words=fault.message))

    def _rest(self) -> None:
        """Say in which state it is that nothing is to be done."""
        record, standing = self.record, self.standing
        if self.body.run is not None:
            return
        if record.desired is Desired.STOPPED:
            # A new start begins a new conversation; what was stopped is over.
            record.session_id, record.can_resume = None, False
            if standing.state is not State.STOPPED:
                standing.becomes(State.STOPPED, _BY_OPERATOR)
        elif record.failed:
            standing.becomes(State.FAILED, record.failed)
        elif record.done or record.held:
            standing.becomes(State.STOPPED, record.done or "held: not started by itself")
        else:
            standing.becomes(State.BACKOFF, "waits for its tmux session")
        self._around.books.write(self.name, record)

    def _believes(self) -> None:
        if self.standing.state is State.STOPPING:
            return
        observer, belief = self.body.observer, self.body.observer.belief
        state = State(belief.activity.value)
        why = f"{belief.why}: {belief.dialog.summary}" if belief.dialog and belief.dialog.text else belief.why
        self.dialogs.believe(belief, self.body.launch)
        if observer.ready and not self.record.ready:
            self.record.ready = True
            self._around.books.write(self.name, self.record)
            self.standing.becomes(state, why, "agent.ready", pid=self.body.pid)
            self.body.prepare_ahead()
        elif observer.ready or belief.before_the_prompt:
            self.standing.becomes(state, why)

    def _late(self) -> None:
        if self.standing.state is State.STARTING:
            seconds = self._around.ready_within(self.body.provider)
            self.standing.becomes(State.UNKNOWN, f"it has not become ready within {seconds:g} s; it is left alone")

    def _tell(self, kind: str, **data: JsonValue) -> None:
        self._around.journal.append(kind, self.name, **data)
