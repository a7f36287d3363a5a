"""What a new daemon finds in tmux: agents to adopt, agents that were lost, and what is none of its business."""

from dataclasses import dataclass
from enum import StrEnum

from orchestratord.processes.identity import ProcessId

__all__ = ["Found", "Known", "Verdict", "classify"]


class Verdict(StrEnum):
    """What to do with a pane."""

    ADOPTED = "adopted"
    """Our agent, and the very process that was started."""
    LOST = "lost"
    """Our pane, but what was started in it has ended, whatever is there now."""
    FOREIGN = "foreign"
    """Not ours: never touched."""


@dataclass(frozen=True, slots=True)
class Found:
    """A pane as it is now. Marks are our own pane options, None where there are none.

    ``process`` is the live process of the pane and ``process_launch`` the launch id in its environment.
    """

    cluster: str | None
    agent: str | None
    launch: str | None
    process: ProcessId | None
    process_launch: str | None


@dataclass(frozen=True, slots=True)
class Known:
    """What was written down about an agent's last launch."""

    launch: str | None
    process: ProcessId | None


def classify(found: Found, cluster: str, known: Known) -> Verdict:
    """Whose a pane is, and whether its agent still runs.

    A daemon that was killed between a start and its note has an old note: then the launch id in the process's own
    environment, equal to the pane's mark, proves that it is ours. A pid alone proves nothing.
    """
    if found.cluster != cluster or not found.agent:
        return Verdict.FOREIGN
    if found.process is None:
        return Verdict.LOST
    if found.process == known.process:
        return Verdict.ADOPTED
    marked = found.launch is not None and found.launch == found.process_launch
    return Verdict.ADOPTED if marked else Verdict.LOST
