"""One agent as everybody else sees it: how it is, and what may be wished of it."""

from collections.abc import Mapping
from typing import Final

from pydantic import JsonValue

from orchestratord.agents.answering import Answering
from orchestratord.agents.entry import Entry
from orchestratord.agents.explaining import explain, shown
from orchestratord.agents.life import Life
from orchestratord.agents.permission import decide
from orchestratord.agents.record import Record
from orchestratord.agents.states import Desired, State
from orchestratord.agents.surroundings import Surroundings
from orchestratord.config.agent import AgentConfig
from orchestratord.processes import ProcessId

__all__ = ["Agent"]


class Agent:
    """One agent. Everything here may be read at any time on the loop; only the cluster calls what changes it.

    Raises BadConfiguration for a provider that this version cannot run.
    """

    def __init__(self, config: AgentConfig, around: Surroundings) -> None:
        self._around = around
        self.life = Life(config, Record(), around)
        """The one that acts; nobody's business but the cluster's."""
        self.entry: Final = Entry(self.life.body, around)
        """The way into its pane; who uses it looks first."""
        self.answering: Final = Answering(self.life.body, self.entry, self.life.dialogs)
        """Who answers its dialogs; only the cluster asks for it."""
        self.life.body.observer.limit_is_over = self.answering.leave_limit

    @property
    def name(self) -> str:
        """As the configuration calls it."""
        return self.life.name

    @property
    def config(self) -> AgentConfig:
        """What its next start is made of."""
        return self.life.body.config

    @property
    def state(self) -> State:
        """How it is."""
        return self.life.standing.state

    @property
    def since(self) -> float:
        """Unix seconds since when it is in this state."""
        return self.life.standing.since

    @property
    def reason(self) -> str:
        """Why it is in this state, for a human."""
        return self.life.standing.reason

    @property
    def launch(self) -> str | None:
        """The id of the launch that runs, None when none does."""
        return self.life.body.launch

    @property
    def held(self) -> bool:
        """Whether an operator wants it left as it is."""
        return self.life.record.held

    @property
    def process(self) -> ProcessId | None:
        """The live process in its pane."""
        run = self.life.body.run
        return None if run is None or run.gone.is_set() else run.process

    @property
    def pane(self) -> str | None:
        """The id that tmux gave its pane, such as ``%3``; None while there is no session."""
        pane = self._around.session.panes.get(self.name)
        return None if pane is None else pane.id

    def view(self) -> dict[str, JsonValue]:
        """How the agent is, as ``status`` and ``/api/agents`` show it. Times are Unix seconds, None means: none.

        ``{name, role, provider, running, state, state_since, reason, desired, held, outdated, pid, pane, session_id,
        can_resume, started_at, last_activity, idle_seconds, restart_count, restart_at, limited_until,
        activity: {is, why, since}, dialog: {id, kind, text, since} | None, exit: {at, status, signal, cause} | None,
        tokens: {input, output, cacheRead, cacheCreation}, cost_usd}``

        ``running``: its process lives. ``outdated``: the configuration has changed since it was started and a restart
        would tell it. ``exit.signal`` is a name such as ``SIGKILL``, ``exit.cause`` one of providers' ExitCause.
        ``tokens`` and ``cost_usd`` (US dollars) are what its CLI has reported since it first ran.
        """
        config, record, observer = self.config, self.life.record, self.life.body.observer
        belief, pid = observer.belief, self.life.body.pid
        idle = self._around.clock() - self.since if self.state is State.IDLE else 0.0
        return {
            "name": self.name,
            "role": config.role,
            "provider": config.provider,
            "running": pid is not None,
            "state": self.state.value,
            "state_since": self.since,
            "reason": self.reason,
            "desired": record.desired.value,
            "held": record.held,
            "outdated": record.outdated,
            "pid": pid,
            "pane": self.pane,
            "session_id": record.session_id,
            "can_resume": record.can_resume,
            "started_at": record.started_at if pid is not None else None,
            "last_activity": observer.last_activity,
            "idle_seconds": max(idle, 0.0),
            "restart_count": record.restart_count,
            "restart_at": record.restart_at,
            "limited_until": belief.limited_until,
            "activity": {"is": belief.activity.value, "why": belief.why, "since": belief.at or None},
            "dialog": shown(belief),
            "exit": None if record.exit is None else dict(record.exit),
            **self._around.meter.of(self.name).as_json(),
        }

    def explain(self) -> dict[str, JsonValue]:
        """Which signals decided its state; see :func:`orchestratord.agents.explaining.explain`."""
        return {
            "agent": self.name,
            "state": self.state.value,
            "state_since": self.since,
            "reason": self.reason,
            "desired": self.life.record.desired.value,
            "held": self.held,
            **explain(self.life.body.observer),
        }

    def wish_start(self) -> None:
        """It shall run; what kept it from running counts no more. Nothing changes for one that runs."""
        life = self.life
        life.record.desired = Desired.RUNNING
        if life.body.pid is None:
            life.asked = True
            life.forgive()
        life.wake()

    def wish_stop(self) -> None:
        """It shall not run. This beats every restart that was decided or asked for before."""
        life = self.life
        life.record.desired = Desired.STOPPED
        life.asked, life.anew = False, ""
        life.forgive()
        life.wake()

    def wish_restart(self, why: str = "restarted by an operator") -> None:
        """It shall end, if it runs, and start again."""
        life = self.life
        life.record.desired = Desired.RUNNING
        life.anew = why if life.body.run is not None else ""
        life.asked = True
        life.forgive()
        life.wake()

    def hold(self) -> None:
        """No automatic start until it is released."""
        if not self.life.record.held:
            self.life.record.held = True
            self._around.journal.append("agent.held", self.name)
            self.life.wake()

    def release(self) -> None:
        """Automatic starts may happen again."""
        if self.life.record.held:
            self.life.record.held = False
            self._around.journal.append("agent.released", self.name)
            self.life.wake()

    def reset_failed(self) -> None:
        """Its failures are forgotten, so that it starts if it is wished to run."""
        self.life.forgive()
        self._around.journal.append("agent.reset", self.name)
        self.life.wake()

    def report(self, payload: Mapping[str, JsonValue], at: float) -> None:
        """A hook of the launch that runs has fired at ``at``. What it was about is kept out of the journal."""
        self._note(payload, at)
        self.life.body.observer.hook(payload, at)

    def ask(self, payload: Mapping[str, JsonValue], at: float) -> Mapping[str, JsonValue] | None:
        """The same for a hook that waits for an answer now: what it shall say, None for nothing.

        Where the configuration says whether the tool may run, no human is asked; the dialog and its answer are told
        all the same.
        """
        provider = self.life.body.provider
        tool = provider.asked_tool(payload)
        allow = None if tool is None else decide(self.config.dialogs, tool)
        reading = None if allow is None else provider.read_hook(payload, now=at)
        if allow is None or reading is None or reading.dialog is None:
            self.report(payload, at)
            return None
        self._note(payload, at)
        by = f"policy {self.config.dialogs.policy}"
        self.life.dialogs.tell(reading.dialog, at)
        self.life.dialogs.answered(reading.dialog, by=by, decision="allow" if allow else "deny")
        self.life.body.observer.hook(payload, at, answered=f"answered by {by}")
        return provider.hook_answer(allow=allow)

    def _note(self, payload: Mapping[str, JsonValue], at: float) -> None:
        hook = payload.get("hook_event_name")
        self._around.journal.append("agent.hook", self.name, hook=hook if isinstance(hook, str) else None, fired_at=at)

    def pane_removed(self) -> None:
        """Somebody has removed its pane: what still runs of it has no terminal and must start again."""
        if self.process is not None:
            self.life.anew = "its pane was removed"
            self.life.wake()

    async def settled(self) -> None:
        """Return when nothing is under way any more and nothing will be by itself."""
        while not self.life.quiet:
            await self.life.standing.bell.heard()
