"""One agent's life: what is wished of it, the process it is, and what is believed about what it does."""

from pydantic import JsonValue

from orchestratord.agents.states import State
from orchestratord.processes.identity import ProcessId

__all__ = ["Agent"]


class Agent:
    """One agent. Everything here may be read at any time on the loop; only the cluster changes it."""

    name: str
    state: State
    since: float
    """Unix seconds since when it is in this state."""
    launch: str | None
    """The id of the launch that runs, None when none does."""
    process: ProcessId | None
    """The process that runs in its pane."""
    pane: str | None
    """tmux's id of its pane, such as ``%3``; None while there is no session."""

    def view(self) -> dict[str, JsonValue]:
        """How the agent is, as ``status`` and ``/api/agents`` show it. Times are Unix seconds, None means: none.

        ``{name, role, provider, running, state, state_since, reason, desired, held, outdated, pid, pane, session_id,
        can_resume, started_at, last_activity, idle_seconds, restart_count, restart_at, limited_until,
        activity: {is, why, since}, dialog: {kind, text} | None, exit: {at, status, signal, cause} | None}``

        ``running``: its process lives. ``outdated``: the configuration has changed since it was started and a restart
        would tell it. ``exit.signal`` is a name such as ``SIGKILL``, ``exit.cause`` one of providers' ExitCause.
        """
        raise NotImplementedError
