"""The one way to a verb: validated, permitted, audited."""

import asyncio
from typing import Any

import pytest

from orchestratord.errors import BadRequest, NotPermitted, OrchestratorError, UnknownVerb
from orchestratord.verbs.house import House
from tests.straw import AGENT, OPERATOR, VISITOR, straw_of
from tests.verbs.conftest import Ask
from tests.wait import eventually


async def audit(house: House) -> list[dict[str, Any]]:
    await house.journal.flush()
    return [dict(event.data) for event in await house.journal.read(kinds=("operator.command",))]


async def test_an_operators_change_is_audited_with_who_what_and_how_it_ended(ask: Ask, house: House) -> None:
    await ask("stop", agents=["anna"])
    straw_of(house).fault = OrchestratorError("tmux is away")
    with pytest.raises(OrchestratorError):
        await ask("stop")
    base = {"verb": "stop", "caller": OPERATOR.who, "via": "socket"}
    assert await audit(house) == [
        {**base, "parameters": {"agents": ["anna"]}, "outcome": "done", "error": ""},
        {**base, "parameters": {}, "outcome": "failed", "error": "tmux is away"},
    ]


async def test_looking_is_not_audited(ask: Ask, house: House) -> None:
    await ask("status")
    await ask("events", VISITOR)
    assert await audit(house) == []


@pytest.mark.parametrize("caller", [AGENT, VISITOR], ids=["an agent", "a visitor"])
@pytest.mark.parametrize("verb", ["start", "stop", "restart", "shutdown", "reload", "attach", "token.list"])
async def test_who_may_not_is_refused_before_anything_is_done(ask: Ask, house: House, caller: Any, verb: str) -> None:
    with pytest.raises(NotPermitted, match="operate"):
        await ask(verb, caller)
    assert straw_of(house).asked == []
    (refusal,) = await audit(house)
    assert (refusal["verb"], refusal["outcome"], refusal["caller"]) == (verb, "refused", caller.who)


async def test_a_refusal_is_an_event_about_the_agent_that_tried(ask: Ask, house: House) -> None:
    with pytest.raises(NotPermitted):
        await ask("shutdown", AGENT)
    await house.journal.flush()
    assert [event.kind for event in await house.journal.read(agent="anna")] == ["operator.command"]


async def test_the_audit_keeps_enough_and_not_everything_of_what_was_sent(ask: Ask, house: House) -> None:
    with pytest.raises(NotPermitted):
        await ask("shutdown", AGENT, text="x" * 100_000, many=list(range(10_000)), deep={"a": {"b": {"c": {"d": 1}}}})
    (entry,) = await audit(house)
    assert len(str(entry)) < 2000
    assert entry["parameters"]["deep"] == {"a": {"b": "…"}}


async def test_a_tokens_secret_is_in_the_answer_and_nowhere_in_the_journal(ask: Ask, house: House) -> None:
    made = await ask("token.create", name="dashboard")
    await house.journal.flush()
    assert made["token"] not in str(await house.journal.read())
    assert (await audit(house))[0]["parameters"] == {"name": "dashboard"}


@pytest.mark.parametrize(
    ("verb", "parameters", "words"),
    [
        ("hold", {}, "agent is missing"),
        ("hold", {"agent": 7}, "agent: .*string"),
        ("restart", {"roling": True}, "unknown parameter 'roling'; did you mean 'rolling'"),
        ("alerts", {"level": "bad"}, "level: .*'critical'"),
        ("alerts", {"limit": 1001}, "limit: .*1000"),
        ("alerts", {"limit": 0}, "limit: .*1"),
        ("alerts", {"resolved": "maybe"}, "resolved: .*boolean"),
        ("events", {"after": -1}, "after: .*0"),
        ("events", {"after": 10**30}, "after: "),
        ("events", {"kinds": ["'; drop table"]}, "kinds"),
        ("token.create", {"name": "x", "scope": "take_part"}, "scope: .*'look'"),
        ("token.create", {"name": "\x1b[2J"}, "name"),
        ("version", {"a": 1, "b": 2, "c": 3, "d": 4, "e": 5, "f": 6}, "and 1 more"),
    ],
)
async def test_a_wrong_parameter_is_named_with_what_is_wrong(
    ask: Ask, verb: str, parameters: dict[str, Any], words: str
) -> None:
    with pytest.raises(BadRequest, match=words) as refusal:
        await ask(verb, **parameters)
    assert refusal.value.hint.startswith(f"{verb} takes")


@pytest.mark.parametrize("name", ["", "stopp", "__init__", "stop.run", "s" * 100_000])
async def test_only_what_is_in_the_table_can_be_called(ask: Ask, name: str) -> None:
    with pytest.raises(UnknownVerb) as refusal:
        await ask(name)
    assert len(refusal.value.message) < 200


async def test_a_change_waits_until_the_daemon_knows_its_agents_and_a_look_does_not(ask: Ask, house: House) -> None:
    straw = straw_of(house)
    straw.opened.clear()
    stopping = asyncio.ensure_future(ask("stop"))
    assert not (await ask("status"))["daemon"]["opened"]
    assert straw.asked == []
    straw.opened.set()
    await stopping
    assert straw.asked == [("stop", None)]


async def test_a_command_that_was_cut_short_is_audited_as_that(ask: Ask, house: House) -> None:
    straw_of(house).done.clear()
    stopping = asyncio.ensure_future(ask("stop"))
    await eventually(lambda: straw_of(house).asked)
    stopping.cancel()
    await asyncio.wait({stopping})
    assert [entry["outcome"] for entry in await audit(house)] == ["cancelled"]
