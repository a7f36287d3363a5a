"""How the panes are, and whose: everything in one command."""

import signal
from dataclasses import dataclass
from typing import Final

from orchestratord.tmux.control import Control

__all__ = ["FORMAT", "MARK_AGENT", "MARK_CLUSTER", "MARK_LAUNCH", "PaneFacts", "facts_of", "list_panes", "parse"]

MARK_CLUSTER: Final = "@orchestratord_cluster"
MARK_AGENT: Final = "@orchestratord_agent"
MARK_LAUNCH: Final = "@orchestratord_launch"

# Printable, for tmux shows what is not as an escape; the title comes last, since a program may put anything into it.
_BETWEEN: Final = "␟"
_FIELDS: Final = (
    "pane_id", "session_name", "window_id", MARK_CLUSTER, MARK_AGENT, MARK_LAUNCH, "pane_pid", "pane_dead",
    "pane_dead_status", "pane_dead_signal", "pane_width", "pane_height", "pane_in_mode", "session_attached",
    "pane_title",
)  # fmt: skip
FORMAT: Final = _BETWEEN.join(f"#{{{field}}}" for field in _FIELDS)


@dataclass(frozen=True, slots=True)
class PaneFacts:
    """A pane at one moment. Marks are None where there are none."""

    id: str
    """tmux's own, such as ``%3``: never given twice in a server's life."""
    session: str
    window: str
    cluster: str | None
    agent: str | None
    launch: str | None
    pid: int
    """The process that was started in it, alive or not."""
    dead: bool
    """tmux knows that the process has ended; it may know later than others."""
    exit_status: int | None
    exit_signal: int | None
    width: int
    height: int
    in_mode: bool
    """Somebody scrolls or searches in it: keys go there, not to the program."""
    attached: int
    """How many clients show the session; the daemon's own connection is not among them."""
    title: str


async def list_panes(control: Control) -> list[PaneFacts]:
    """Every pane of the server, ours or not.

    Raises:
        TmuxUnavailable: tmux does not answer.
    """
    return [parse(line, control.session) for line in await control.command("list-panes", "-a", "-F", FORMAT)]


async def facts_of(control: Control, pane: str) -> PaneFacts | None:
    """One pane, or None when it is gone; tmux answers even then, with nothing or with the active pane's facts."""
    [line] = await control.command("display-message", "-p", "-t", pane, FORMAT)
    return parse(line, control.session) if line.startswith(f"{pane}{_BETWEEN}") else None


def parse(line: str, own_session: str | None = None) -> PaneFacts:
    """One line of :data:`FORMAT`; our own client is attached to ``own_session`` and not counted."""
    (
        pane,
        session,
        window,
        cluster,
        agent,
        launch,
        pid,
        dead,
        status,
        ended_by,
        width,
        height,
        mode,
        attached,
        title,
    ) = line.split(_BETWEEN, len(_FIELDS) - 1)
    return PaneFacts(
        id=pane,
        session=session,
        window=window,
        cluster=cluster or None,
        agent=agent or None,
        launch=launch or None,
        pid=int(pid or 0),
        dead=dead == "1",
        exit_status=int(status) if status else None,
        exit_signal=_signal(ended_by),
        width=int(width),
        height=int(height),
        in_mode=mode not in {"", "0"},
        attached=max(0, int(attached or 0) - (session == own_session)),
        title=title,
    )


def _signal(text: str) -> int | None:
    """Read a signal: tmux writes its number, or its name without SIG, as its libc has it."""
    if not text:
        return None
    return int(text) if text.isdecimal() else int(signal.Signals[f"SIG{text.upper().removeprefix('SIG')}"])
