"""The verbs that show what is."""

import asyncio
import contextlib
from typing import Any

import pytest

from orchestratord.errors import BadConfiguration, BadRequest, NotFound
from orchestratord.verbs.house import House
from orchestratord.verbs.verb import Stream
from tests.straw import VISITOR, straw_of
from tests.verbs.conftest import Ask


def show(house: House, name: str, **shown: Any) -> None:
    straw_of(house).agents[name].shown.update(shown)


async def test_status_has_the_shape_that_is_promised(ask: Ask, house: House) -> None:
    show(house, "anna", state="idle", running=True, desired="running", restart_count=3)
    status = await ask("status", VISITOR)
    assert status["monitoring"] is True
    assert (status["check_interval"], status["agent_timeout"], status["max_idle_time"]) == (5, 60, 300)
    assert (status["total_alerts"], status["unresolved_alerts"]) == (0, 0)
    assert status["last_metrics"] == {
        "total_agents": 2, "running_agents": 1, "idle_agents": 1, "unhealthy_agents": 0, "total_restarts": 3,
    }  # fmt: skip
    assert status["cluster"]["name"] == "orchestrator-cc"
    assert [agent["name"] for agent in status["agents"]] == ["anna", "ben"]
    assert [agent["name"] for agent in (await ask("status", agent="ben"))["agents"]] == ["ben"]


@pytest.mark.parametrize(
    ("state", "desired", "running", "unhealthy"),
    [
        ("stopped", "stopped", False, 0),
        ("failed", "running", False, 1),
        ("backoff", "running", False, 1),
        ("unknown", "running", True, 1),
        ("stopped", "running", False, 1),
        ("starting", "running", False, 0),
        ("working", "running", True, 0),
        ("limited", "running", True, 0),
    ],
)
async def test_unhealthy_is_what_should_run_and_does_not_or_cannot_be_read(
    ask: Ask, house: House, state: str, desired: str, running: bool, unhealthy: int
) -> None:
    show(house, "anna", state=state, desired=desired, running=running)
    metrics = (await ask("metrics"))["metrics"]
    assert metrics["unhealthy_agents"] == unhealthy
    assert metrics["timestamp"] > 0


async def test_there_are_no_alerts_where_nothing_was_raised(ask: Ask) -> None:
    assert await ask("alerts", VISITOR) == {"alerts": []}


async def test_an_alert_is_shown_as_it_is_now_newest_first_and_filtered(ask: Ask, house: House) -> None:
    def alert(name: str, level: str, at: float, *, resolved: bool = False) -> None:
        house.journal.append("alert.told", "anna", id=name, level=level, timestamp=at, resolved=resolved)

    alert("a", "warning", 1)
    alert("b", "critical", 2)
    alert("a", "error", 1, resolved=True)
    await house.journal.flush()

    async def ids(**filters: Any) -> list[str]:
        return [found["id"] for found in (await ask("alerts", **filters))["alerts"]]

    assert await ids() == ["b", "a"]
    assert await ids(limit="1") == ["b"]
    assert await ids(level="error") == ["a"]
    assert await ids(level="warning") == []
    assert await ids(resolved="true") == ["a"]
    assert await ids(resolved=False) == ["b"]
    status = await ask("status")
    assert (status["total_alerts"], status["unresolved_alerts"]) == (2, 1)


async def test_events_are_looked_up_from_either_end(ask: Ask, house: House) -> None:
    for number in range(5):
        house.journal.append("test.one", "anna" if number % 2 else "ben", number=number)
    await house.journal.flush()

    async def numbers(**wanted: Any) -> list[int]:
        return [event["data"]["number"] for event in (await ask("events", kinds="test.*", **wanted))["events"]]

    assert await numbers() == [0, 1, 2, 3, 4]
    assert await numbers(limit=2) == [3, 4]
    assert await numbers(limit=2, newest=False) == [0, 1]
    assert await numbers(agent="anna") == [1, 3]
    first = (await ask("events", kinds="test.one"))["events"][0]["seq"]
    assert await numbers(after=first, before=first + 3) == [1, 2]


@pytest.mark.parametrize(("newest", "expected"), [(True, 29), (False, 0)])
async def test_more_events_than_fit_into_an_answer_are_left_out_at_the_far_end(
    ask: Ask, house: House, newest: bool, expected: int
) -> None:
    for number in range(30):
        house.journal.append("test.large", number=number, text="x" * 50_000)
    await house.journal.flush()
    answer = await ask("events", kinds=["test.large"], newest=newest)
    assert answer["complete"] is False
    numbers = [event["data"]["number"] for event in answer["events"]]
    assert 10 < len(numbers) < 20
    assert numbers[-1 if newest else 0] == expected
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))


async def test_who_asks_to_go_on_after_an_event_that_never_was_is_told_so(ask: Ask) -> None:
    with pytest.raises(NotFound, match="no event 4711 yet"):
        await ask("events.subscribe", after=4711)


async def test_a_log_is_read_and_followed(ask: Ask, house: House) -> None:
    path = house.places.log_dir / "agent_anna.log"

    def write(text: str) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a") as log:
            log.write(text)

    assert (await ask("logs", agent="anna"))["lines"] == []
    await asyncio.to_thread(write, "one\ntwo\n")
    assert await ask("logs", agent="anna", lines=1) == {"path": str(path), "lines": ["two"], "complete": True}
    stream = await ask("logs", VISITOR, agent="anna", lines=1, follow=True)
    assert isinstance(stream, Stream)
    assert (stream.answer, stream.method) == ({"path": str(path)}, "log")
    async with contextlib.aclosing(stream.items) as items:
        assert await anext(items) == {"text": "two\n"}
        await asyncio.to_thread(write, "three\n")
        assert await anext(items) == {"text": "three\n"}


async def test_the_newest_lines_of_a_log_that_does_not_fit_are_the_ones_shown(ask: Ask, house: House) -> None:
    def write() -> None:
        house.places.log_dir.mkdir(parents=True)
        lines = [f"{number:05}{'x' * 500}\n" for number in range(4000)]
        (house.places.log_dir / "orchestrator.log").write_text("".join(lines))

    await asyncio.to_thread(write)
    answer = await ask("logs", lines=4000)
    assert answer["complete"] is False
    assert answer["lines"][-1].startswith("03999")


async def test_the_configuration_is_shown_described_and_checked(ask: Ask, house: House) -> None:
    shown = await ask("config.show", VISITOR)
    assert [agent["name"] for agent in shown["configuration"]["agents"]] == ["anna", "ben"]
    assert "agents" in (await ask("config.schema"))["schema"]["properties"]
    path = house.places.state_dir / "cluster.yaml"
    await asyncio.to_thread(path.write_text, "agents: [{name: anna, provider: standin}]\n")
    assert await ask("config.check", path=str(path)) == {"path": str(path), "agents": ["anna"]}
    await asyncio.to_thread(path.write_text, "agents: [{nmae: anna}]\n")
    with pytest.raises(BadConfiguration, match="did you mean"):
        await ask("config.check", path=str(path))
    with pytest.raises(BadRequest, match="absolute"):
        await ask("config.check", path="cluster.yaml")


async def test_a_token_is_made_listed_and_revoked(ask: Ask, house: House) -> None:
    made = await ask("token.create", name="dashboard", scope="operate")
    secret = made.pop("token")
    assert await ask("token.list") == {"tokens": [made]}
    assert house.tokens.caller(secret) is not None
    await ask("token.revoke", id=made["id"])
    assert await ask("token.list") == {"tokens": []}
    assert house.tokens.caller(secret) is None
    with pytest.raises(NotFound):
        await ask("token.revoke", id=made["id"])
