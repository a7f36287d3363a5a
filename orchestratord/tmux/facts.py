"""What tmux knows about panes, asked for in one line a pane, and the marks by which we know ours again."""

import signal
from dataclasses import dataclass
from typing import Final, Self

__all__ = ["FORMAT", "MARK_AGENT", "MARK_CLUSTER", "MARK_LAUNCH", "PaneFacts"]

MARK_CLUSTER: Final = "@orchestratord_cluster"
MARK_AGENT: Final = "@orchestratord_agent"
MARK_LAUNCH: Final = "@orchestratord_launch"

_FIELDS: Final = (
    "pane_id", "window_id", "pane_pid", "pane_dead", "pane_dead_status", "pane_dead_signal", "pane_width",
    "pane_height", "pane_in_mode", "session_attached", MARK_CLUSTER, MARK_AGENT, MARK_LAUNCH, "pane_title",
)  # fmt: skip

FORMAT: Final = "\t".join(f"#{{{name}}}" for name in _FIELDS)
"""The title comes last: it alone may hold anything, a tab among it."""


@dataclass(frozen=True, slots=True)
class PaneFacts:
    """One pane as tmux sees it at a moment; marks are "" where a pane has none."""

    pane: str
    window: str
    pid: int
    """The pane's process; tmux keeps the number of one that has ended."""
    dead: bool
    exit_status: int | None
    exit_signal: int | None
    width: int
    height: int
    in_mode: bool
    """A human scrolls or searches in it: what is typed goes to that mode, not to the program."""
    attached: int
    """How many clients show its session, ours among them."""
    cluster: str
    agent: str
    launch: str
    title: str

    @classmethod
    def read(cls, line: str) -> Self:
        """One line of :data:`FORMAT`."""
        pane, window, pid, dead, status, sent, width, height, mode, attached, cluster, agent, launch, title = (
            line.split("\t", len(_FIELDS) - 1)
        )
        return cls(
            pane=pane,
            window=window,
            pid=int(pid or 0),
            dead=dead == "1",
            exit_status=int(status) if status else None,
            exit_signal=_signal_number(sent),
            width=int(width),
            height=int(height),
            in_mode=mode == "1",
            attached=int(attached or 0),
            cluster=cluster,
            agent=agent,
            launch=launch,
            title=title,
        )


def _signal_number(text: str) -> int | None:
    """The number, which tmux 3.3 writes; later ones write the name."""
    if not text or text == "0":
        return None
    if text.isdigit():
        return int(text)
    try:
        return signal.Signals[f"SIG{text.upper().removeprefix('SIG')}"].value
    except KeyError:
        return None
