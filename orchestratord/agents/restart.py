"""Whether and when an agent whose process has ended is started again: one decision, with its reason."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from orchestratord.config.agent import RestartConfig
from orchestratord.config.units import write_duration
from orchestratord.providers.base import ExitCause

__all__ = ["Decision", "GiveUp", "Past", "Restart", "Stay", "decide", "wait_before_rebuild"]

_STABLE_AT_LEAST: Final = 1.0
"""A life shorter than this never wipes out the failures before it: a counter reset by a mere start is a storm."""

_CALM: Final = 60.0
"""After so many seconds without a loss of the session, the next one is the first again."""

_JITTER: Final = 0.1
"""The share of a wait by which agents that died together are spread."""


@dataclass(frozen=True, slots=True)
class Restart:
    """Start it again at ``at`` (Unix seconds, now or later). ``counts``: as one of the burst."""

    at: float
    reason: str
    counts: bool = True


@dataclass(frozen=True, slots=True)
class GiveUp:
    """It has failed: a human has to come first."""

    reason: str


@dataclass(frozen=True, slots=True)
class Stay:
    """It is done, and that is no failure."""

    reason: str


Decision = Restart | GiveUp | Stay


@dataclass(frozen=True, slots=True)
class Past:
    """What came before this end. ``restarts``: when it was restarted automatically, oldest first; Unix seconds."""

    restarts: Sequence[float] = ()
    started_at: float | None = None

    def recent(self, policy: RestartConfig, now: float) -> tuple[float, ...]:
        """The restarts that count against the burst now: none after a long life, else those within the window."""
        if self.started_at is not None and now - self.started_at >= max(policy.stable_after, _STABLE_AT_LEAST):
            return ()
        return tuple(at for at in self.restarts if now - at < policy.window)


def decide(
    policy: RestartConfig,
    past: Past,
    cause: ExitCause,
    now: float,
    *,
    jitter: float = 0.0,
    limited_until: float | None = None,
) -> Decision:
    """What follows the end of a process.

    The first restart comes at once; from the second in a row on the wait is ``backoff``, doubled each time, at most
    ``backoff_max``, spread by ``jitter`` (0 to 1, drawn by the caller). ``limited_until`` is when a usage limit that
    the process ended with is over. What an operator wishes is not asked here: a stop never comes this far.
    """
    if cause is ExitCause.USAGE_LIMIT and limited_until is not None and policy.policy != "never":
        return Restart(max(now, limited_until), "its usage limit is used up; restart when it is over", counts=False)
    words = cause.value.replace("_", " ")
    if not cause.restartable:
        return GiveUp(f"{words}: restarting cannot help")
    if cause is ExitCause.FINISHED and policy.policy != "always":
        return Stay("it ended by itself")
    if policy.policy == "never":
        return GiveUp(f"{words}, and its policy is never to restart it")
    recent = past.recent(policy, now)
    window = write_duration(policy.window)
    if len(recent) >= policy.burst:
        return GiveUp(f"{words}, and {len(recent)} restarts within {window} are enough")
    count = f"{words}, restart {len(recent) + 1} of {policy.burst} in {window}"
    delay = _wait(policy, len(recent), jitter)
    if not delay:
        return Restart(now, f"{count}, at once")
    return Restart(now + delay, f"{count}, after {delay:.1f} s")


def _wait(policy: RestartConfig, restarts: int, jitter: float) -> float:
    if restarts == 0:
        return 0.0
    # 2 ** 64 seconds are beyond every backoff_max, and a float far beyond overflows.
    doubled: float = policy.backoff * 2.0 ** min(restarts - 1, 64)
    return min(doubled * (1 + _JITTER * jitter), policy.backoff_max)


def wait_before_rebuild(losses: Sequence[float], now: float) -> float:
    """Seconds to wait before a lost session is made again; ``losses``: when it was lost before, Unix seconds.

    At once, but from the second loss within a minute on ever later: a tmux that dies of its panes must not be a storm.
    """
    recent = sum(now - at < _CALM for at in losses)
    return min(2.0 ** (recent - 1), _CALM) if recent else 0.0
