"""Whatever is done to a journal, in whatever order, it answers as a list and a dictionary would."""

import asyncio
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from pydantic import JsonValue

from orchestratord.journal import Journal, Subscription

KINDS = st.sampled_from(["agent.state", "agent.exited", "agents", "daemon.started"])
AGENTS = st.none() | st.sampled_from(["boss", "worker"])
VALUES: st.SearchStrategy[JsonValue] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=4,
)


class AnyHistory(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory(prefix="orc-")
        self.path = Path(self.folder.name) / "state" / "journal.sqlite"
        self.runner = asyncio.Runner()
        self.now = 1000.0
        self.events: list[tuple[int, str, str | None, JsonValue]] = []
        self.last = 0
        self.pruned = 0
        self.facts: dict[str, JsonValue] = {}
        self.journal = self._open()
        self.follower: Subscription | None = None
        self.expected: list[int] = []

    def _open(self) -> Journal:
        return self.runner.run(Journal.open(self.path, clock=lambda: self.now, retry_every=0.01))

    @rule(kind=KINDS, agent=AGENTS, value=VALUES)
    def append(self, kind: str, agent: str | None, value: JsonValue) -> None:
        async def act() -> int:
            return self.journal.append(kind, agent, value=value).seq

        seq = self.runner.run(act())
        self.last += 1
        assert seq == self.last
        self.events.append((seq, kind, agent, value))
        self.expected.append(seq)

    @rule(key=st.sampled_from(["a/1", "a/2", "b"]), value=VALUES)
    def remember(self, key: str, value: JsonValue) -> None:
        self.journal.remember(key, value)
        self.facts[key] = value

    @rule()
    def restart(self) -> None:
        self._unfollow()
        self.runner.run(self.journal.close())
        self.journal = self._open()

    @rule()
    def prune(self) -> None:
        self.now += 1
        deleted = self.runner.run(self.journal.prune(self.now))
        assert deleted == len(self.events)
        self.events.clear()
        self._unfollow()

    @rule(back=st.integers(0, 5))
    @precondition(lambda self: self.follower is None)
    def follow(self, back: int) -> None:
        after = max(0, self.last - back)

        async def act() -> Subscription:
            return self.journal.subscribe(after)

        self.follower = self.runner.run(act())
        self.expected = [event[0] for event in self.events if event[0] > after]

    @rule()
    @precondition(lambda self: self.follower is not None and bool(self.expected))
    def catch_up(self) -> None:
        follower = self.follower
        assert follower is not None

        async def act() -> list[int]:
            return [(await anext(follower)).seq for _ in self.expected]

        assert self.runner.run(act()) == self.expected
        self.expected = []

    @rule(kind=st.sampled_from(["agent.*", "agent.exited", "none"]), agent=AGENTS, limit=st.integers(1, 4))
    def find(self, kind: str, agent: str | None, limit: int) -> None:
        found = self.runner.run(self.journal.read(kinds=[kind], agent=agent, limit=limit, newest=True))
        fits = [
            event
            for event in self.events
            if (event[1] == kind or (kind == "agent.*" and event[1].startswith("agent.")))
            and (agent is None or event[2] == agent)
        ]
        assert [event.seq for event in found] == [event[0] for event in fits[-limit:]]

    @invariant()
    def it_knows_what_was_written(self) -> None:
        found = self.runner.run(self.journal.read())
        assert [(event.seq, event.kind, event.agent, event.data["value"]) for event in found] == self.events
        kept = {key: value for key, value in self.facts.items() if value is not None}
        assert self.runner.run(self.journal.recall()) == kept

    def _unfollow(self) -> None:
        if self.follower is not None:
            self.follower.close()
            self.follower = None

    def teardown(self) -> None:
        self._unfollow()
        self.runner.run(self.journal.close())
        self.runner.close()
        self.folder.cleanup()


TestAnyHistory = AnyHistory.TestCase
TestAnyHistory.settings = settings(
    max_examples=25,
    stateful_step_count=20,
    deadline=None,
    derandomize=True,
    database=None,
    # A busy machine is slow to draw; that says nothing about the journal.
    suppress_health_check=list(HealthCheck),
)
