"""How an agent is ended: politely first, and at the end by force; a ladder with a patience on every rung."""

import signal
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from orchestratord.providers.base import Step

__all__ = ["AFTER_HANGUP", "SWEEP", "Rung", "ladder"]


@dataclass(frozen=True, slots=True)
class Rung:
    """One try: press ``keys`` or send ``signals``, then wait at most ``patience`` seconds until the whole tree is gone.

    Without ``whole_tree`` only the agent itself is signalled: what it started is its own to end, as long as it can.
    """

    name: str
    keys: tuple[str, ...] = ()
    signals: tuple[signal.Signals, ...] = ()
    patience: float = 2.0
    whole_tree: bool = True


_INTERRUPT: Final = Rung("SIGINT", signals=(signal.SIGINT,), patience=3.0, whole_tree=False)
# A stopped process takes no SIGTERM until it is continued.
_TERMINATE: Final = Rung("SIGTERM", signals=(signal.SIGTERM, signal.SIGCONT), patience=3.0)
_KILL: Final = Rung("SIGKILL", signals=(signal.SIGKILL,), patience=5.0)


def ladder(polite: Sequence[Step]) -> tuple[Rung, ...]:
    """The rungs for an agent that lives: its CLI's own way, then SIGINT to it alone, then everything to everyone."""
    steps = tuple(Rung(" ".join(step.keys), keys=step.keys, patience=step.patience) for step in polite)
    return (*steps, _INTERRUPT, _TERMINATE, _KILL)


SWEEP: Final = (_TERMINATE, _KILL)
"""For what an agent left behind when it died: nobody is there to be polite to."""

AFTER_HANGUP: Final = (Rung("SIGHUP", patience=0.5), *SWEEP)
"""For an agent whose terminal has gone: the kernel has hung up on it already."""
