"""What one running agent does: hooks as they come, and looks at its screen only while they bring something."""

import asyncio
import math
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Final

from pydantic import JsonValue

from orchestratord.agents.activity import NOTHING_YET, Belief, Source, believe, look_after
from orchestratord.agents.limits import KnownLimit, date
from orchestratord.agents.signals import Signals, doubt_about
from orchestratord.agents.turns import TurnKind, kind_of
from orchestratord.errors import OrchestratorError
from orchestratord.providers.base import Activity, Provider, Reading

__all__ = ["Observer", "Screen"]

_AT_ONCE: Final = 0.05
"""Seconds until the look that a dialog is worth which a hook has told of: it may still be being drawn."""

Screen = tuple[str, str]
"""A pane's visible text and its title."""


class Observer:
    """Follows one launch from its start to its end.

    ``look`` captures the pane; ``told`` is called with every reading, ``turned`` with what
    one says of a turn and when (Unix seconds), ``changed`` when the belief is another one,
    ``late`` when it has not become ready in time. All are called on the loop. ``belief``, ``ready`` and
    ``last_activity`` (Unix seconds of the last hook or change, None: nothing yet) may be read at any time, and so may
    ``signals`` and ``known_limit``. ``limit_is_over`` is called when a usage limit is, and at every look that still
    finds its dialog.
    """

    def __init__(
        self,
        clock: Callable[[], float],
        look: Callable[[], Awaitable[Screen]],
        *,
        told: Callable[[Reading], None],
        turned: Callable[[TurnKind, Reading, float], None],
        changed: Callable[[], None],
        late: Callable[[], None],
    ) -> None:
        self._clock = clock
        self._capture = look
        self._told = told
        self._turned = turned
        self._changed = changed
        self._late = late
        self._looks = 0
        self._screen_tells = True
        self._provider: Provider | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._deadline: asyncio.TimerHandle | None = None
        self._limit: asyncio.TimerHandle | None = None
        self._task: asyncio.Task[None] | None = None
        self.belief: Belief = NOTHING_YET
        self.ready = False
        self.last_activity: float | None = None
        self.signals = Signals()
        self.known_limit: KnownLimit | None = None
        self.limit_is_over: Callable[[], None] = _nobody_cares
        self._look_at_once = False

    @property
    def watching(self) -> bool:
        """Whether a launch runs or is being started."""
        return self._provider is not None

    def begin(self, provider: Provider, *, patterns: bool, ready: bool, deadline: float) -> None:
        """A launch runs. ``patterns``: its screen tells more than that it lives. ``ready``: it became so before."""
        self.end()
        self._provider = provider
        self._screen_tells = provider.hooks_tell or patterns
        self._looks = 0
        self.belief, self.ready = NOTHING_YET, ready
        self.signals = Signals()
        if not ready:
            self._deadline = asyncio.get_running_loop().call_later(deadline, self._overdue)
        self._plan()

    def end(self) -> None:
        """It runs no more, or is none of ours any more."""
        for timer in (self._timer, self._deadline, self._limit):
            if timer is not None:
                timer.cancel()
        if self._task is not None:
            self._task.cancel()
        self._timer = self._deadline = self._limit = self._task = None
        self._provider = None

    @property
    def hooks_tell(self) -> bool:
        """Whether the launch that runs tells by hooks what it does."""
        return self._provider is not None and self._provider.hooks_tell

    @property
    def screen_tells(self) -> bool:
        """Whether its screen says more than that it lives."""
        return self._provider is not None and self._screen_tells

    def hook(self, payload: Mapping[str, JsonValue], at: float, *, answered: str = "") -> None:
        """A hook of this launch fired at ``at`` (Unix seconds); ``answered``: who has answered what it asks."""
        if self._provider is None:
            return
        self.last_activity = max(at, self.last_activity or at)
        reading = self._provider.read_hook(payload, now=at)
        if reading is None:
            self.signals.note_nothing(f"hook {payload.get('hook_event_name')}", Source.HOOK, at)
            return
        if answered:
            reading = replace(reading, activity=Activity.WORKING, why=f"{reading.why}, {answered}", dialog=None)
        self._look_at_once = reading.dialog is not None
        self._take(reading, Source.HOOK, at)

    def glimpse(self, reading: Reading, at: float) -> None:
        """Somebody else looked at the screen: what only a screen knows is believed, the rest is left to hooks."""
        only_a_screen = {Activity.WAITING, Activity.LIMITED}
        if self._provider is not None and only_a_screen & {reading.activity, self.belief.activity}:
            self._take(reading, Source.SCREEN, at)

    async def look_now(self) -> None:
        """Look at the screen once; raises what keeps tmux from showing it."""
        provider = self._provider
        if provider is None:
            return
        at = self._clock()
        screen, title = await self._capture()
        self._looks += 1
        if self._provider is not provider:
            return
        reading = provider.read_screen(screen, title, at)
        if reading is None:
            self.signals.note_nothing("screen", Source.SCREEN, at)
        else:
            self._take(reading, Source.SCREEN, at)

    def _take(self, reading: Reading, source: Source, at: float) -> None:
        provider = self._provider
        if provider is None:
            return
        limited = reading.activity is Activity.LIMITED
        reading, self.known_limit = date(reading, source, self.known_limit, at)
        self._told(reading)
        before = self.belief
        self.belief = believe(before, reading, source, at, hooks_tell=provider.hooks_tell)
        self.signals.note(reading, source, at, doubt_about(before, self.belief, reading, at))
        became_ready = reading.ready and not self.ready
        if became_ready:
            self.ready = True
            if self._deadline is not None:
                self._deadline.cancel()
                self._deadline = None
        if became_ready or self.belief is not before:
            self.last_activity = self._clock()
            self._mind_the_limit()
            self._changed()
        over = limited and reading.activity is not Activity.LIMITED
        # The turn that met a limit has ended when it did, and not now.
        kind = None if over else kind_of(before, self.belief, reading, source, hooks_tell=provider.hooks_tell)
        if kind is not None:
            self._turned(kind, reading, at)
        if over and reading.dialog is not None:
            self.limit_is_over()
        self._plan()

    def _plan(self) -> None:
        """Set the timer of the next look, if there is to be one."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._provider is None or (self._task is not None and not self._task.done()):
            return
        wait = look_after(
            self.belief,
            started=self.ready,
            looks=self._looks,
            hooks_tell=self._provider.hooks_tell,
            screen_tells=self._screen_tells or not self.ready,
        )
        if wait is not None:
            wait = min(wait, _AT_ONCE) if self._look_at_once else wait
            self._timer = asyncio.get_running_loop().call_later(wait, self._begin_look)

    def _begin_look(self) -> None:
        self._timer = None
        self._look_at_once = False
        # The timer counts no time that the machine has slept through.
        if self._limit is not None and (self.belief.limited_until or math.inf) <= self._clock():
            self._limit.cancel()
            self._limit_is_over()
            return
        self._task = asyncio.create_task(self._look())

    async def _look(self) -> None:
        try:
            await self.look_now()
        except OrchestratorError:
            # A pane that cannot be seen tells nothing; its process's end or the session's loss is noticed elsewhere.
            self._looks += 1
        finally:
            self._task = None
            self._plan()

    def _overdue(self) -> None:
        self._deadline = None
        if not self.ready:
            self._late()

    def _mind_the_limit(self) -> None:
        """Nothing fires when a usage limit is over, and the words about it may stay on the screen."""
        if self._limit is not None:
            self._limit.cancel()
            self._limit = None
        belief = self.belief
        if belief.activity is Activity.LIMITED and belief.limited_until is not None:
            wait = max(belief.limited_until - self._clock(), 0.0)
            self._limit = asyncio.get_running_loop().call_later(wait, self._limit_is_over)

    def _limit_is_over(self) -> None:
        self._limit = None
        if self._provider is not None:
            dialog = self.belief.dialog
            activity = Activity.IDLE if dialog is None else Activity.WAITING
            self.belief = Belief(activity, "its usage limit is over", Source.DAEMON, self._clock(), dialog)
            self._changed()
            self._plan()
            self.limit_is_over()


def _nobody_cares() -> None:
    """What happens at the end of a usage limit where nobody has said."""
