"""What an observer believes and when it looks, with a screen of the test's own."""

import time

from orchestratord.agents.observing import Observer, Screen
from orchestratord.config.agent import AgentConfig
from orchestratord.errors import TmuxUnavailable
from orchestratord.providers.base import Activity, Reading
from orchestratord.providers.claude import ClaudeProvider
from orchestratord.providers.command import CommandProvider
from tests.wait import eventually


class Watched:
    """A program whose screen the test writes."""

    def __init__(self) -> None:
        self.screen = ""
        self.looks = 0
        self.beliefs: list[Activity] = []
        self.was_late = False
        self.observer = Observer(
            time.time, self.look, told=lambda _: None, turned=lambda *_: None, changed=self.changed, late=self.late
        )

    async def look(self) -> Screen:
        self.looks += 1
        if self.screen == "hangs":
            raise TmuxUnavailable("tmux hangs")
        return self.screen, ""

    def changed(self) -> None:
        self.beliefs.append(self.observer.belief.activity)

    def late(self) -> None:
        self.was_late = True

    def begin(self, *, deadline: float = 30.0, patterns: bool = True) -> None:
        agent = AgentConfig.model_validate({
            "name": "a", "provider": "command", "command": ["x"], "work_dir": "/",
            **({"ready_pattern": "ready", "working_pattern": "busy"} if patterns else {}),
        })  # fmt: skip
        self.observer.begin(CommandProvider(agent), patterns=patterns, ready=False, deadline=deadline)


async def test_it_looks_until_it_is_ready_and_goes_on_where_only_the_screen_tells() -> None:
    watched = Watched()
    watched.begin()
    watched.screen = "ready"
    await eventually(lambda: watched.observer.ready)
    watched.screen = "busy"
    await eventually(lambda: watched.beliefs == [Activity.IDLE, Activity.WORKING])
    watched.observer.end()


async def test_a_screen_without_patterns_is_looked_at_once() -> None:
    watched = Watched()
    watched.begin(patterns=False)
    await eventually(lambda: watched.observer.ready)
    assert watched.looks == 1
    assert watched.observer._timer is None
    watched.observer.end()


async def test_a_pane_that_cannot_be_seen_is_tried_again() -> None:
    watched = Watched()
    watched.screen = "hangs"
    watched.begin()
    await eventually(lambda: watched.looks == 2)
    watched.screen = "ready"
    await eventually(lambda: watched.observer.ready)
    watched.observer.end()


async def test_what_is_not_ready_in_time_is_late_once_and_may_become_ready_all_the_same() -> None:
    watched = Watched()
    watched.begin(deadline=0.05)
    await eventually(lambda: watched.was_late)
    watched.screen = "ready"
    await eventually(lambda: watched.observer.ready)
    watched.observer.end()


class Limited(ClaudeProvider):
    """Its screen tells of a usage limit for ever, though the limit is soon over."""

    until = time.time() + 0.05

    def read_screen(self, _screen: str, _title: str, _now: float) -> Reading | None:
        return Reading(Activity.LIMITED, "screen: limit", limited_until=self.until)


async def test_a_limit_is_over_when_its_time_has_come_whatever_still_stands_on_the_screen() -> None:
    watched = Watched()
    watched.observer.begin(Limited(), patterns=False, ready=True, deadline=30)
    await watched.observer.look_now()
    await eventually(lambda: watched.beliefs == [Activity.LIMITED, Activity.IDLE])
    watched.observer.end()
