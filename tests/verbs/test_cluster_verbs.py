"""The verbs that change what runs ask the cluster for just that."""

from typing import Any

import pytest

from orchestratord.config.schema import Configuration
from orchestratord.errors import BadConfiguration, Conflict, NoSuchAgent, NotPermitted
from orchestratord.verbs.house import House
from tests.straw import AGENT, OPERATOR, straw_of
from tests.verbs.conftest import Ask


@pytest.mark.parametrize(
    ("verb", "parameters", "asked", "names"),
    [
        ("start", {}, ("start", None), ["anna", "ben"]),
        ("start", {"agents": "ben"}, ("start", ["ben"]), ["ben"]),
        ("stop", {"agents": ["ben", "anna", "ben"]}, ("stop", ["ben", "anna"]), ["ben", "anna"]),
        ("restart", {"rolling": True}, ("restart", None, True), ["anna", "ben"]),
        ("restart", {"agents": ["ben"]}, ("restart", ["ben"], False), ["ben"]),
        ("shutdown", {}, ("shutdown",), ["anna", "ben"]),
        ("hold", {"agent": "ben"}, ("hold", "ben"), ["ben"]),
        ("release", {"agent": "ben"}, ("release", "ben"), ["ben"]),
        ("reset_failed", {"agent": "ben"}, ("reset_failed", "ben"), ["ben"]),
        ("approve", {"agent": "ben"}, ("answer", "ben", True, OPERATOR.who, None), ["ben"]),
        ("deny", {"agent": "ben", "dialog": "d1"}, ("answer", "ben", False, OPERATOR.who, "d1"), ["ben"]),
    ],
)
async def test_the_cluster_is_asked_and_the_agents_are_shown(
    ask: Ask, house: House, verb: str, parameters: dict[str, Any], asked: tuple[Any, ...], names: list[str]
) -> None:
    shown = await ask(verb, **parameters)
    assert straw_of(house).asked == [asked]
    assert [agent["name"] for agent in shown["agents"]] == names


@pytest.mark.parametrize("verb", ["start", "stop", "restart", "hold", "release", "reset_failed", "logs", "status"])
async def test_an_unknown_agent_is_told_before_anything_is_done(ask: Ask, house: House, verb: str) -> None:
    parameters: dict[str, Any] = (
        {"agents": ["anna", "bem"]} if verb in {"start", "stop", "restart"} else {"agent": "bem"}
    )
    with pytest.raises(NoSuchAgent, match=r"no agent 'bem'; did you mean 'ben'\?") as refusal:
        await ask(verb, **parameters)
    assert "anna, ben" in refusal.value.hint
    assert straw_of(house).asked == []


async def test_reload_says_what_has_changed_and_is_an_event(ask: Ask, house: House) -> None:
    changed = Configuration.model_validate({"agents": [{"name": "anna"}, {"name": "carla"}]})
    house.load = lambda: changed
    told = await ask("reload")
    assert (told["added"], told["removed"]) == (["carla"], ["ben"])
    assert house.configuration is changed
    await house.journal.flush()
    (event,) = await house.journal.read(kinds=("config.*",))
    assert (event.kind, event.data["added"]) == ("config.reloaded", ["carla"])


async def test_a_faulty_configuration_changes_nothing_and_is_remembered_until_a_good_one_comes(
    ask: Ask, house: House
) -> None:
    good = house.configuration

    def faulty() -> Configuration:
        raise BadConfiguration("cluster.yaml:1:1: agents: is missing")

    house.load = faulty
    with pytest.raises(BadConfiguration):
        await ask("reload")
    assert house.configuration is good
    assert straw_of(house).asked == []
    assert "is missing" in (await ask("status"))["daemon"]["configuration_error"]
    house.load = lambda: good
    await ask("reload")
    assert (await ask("status"))["daemon"]["configuration_error"] is None


async def test_an_agents_hook_is_taken_from_the_launch_that_runs(ask: Ask, house: House) -> None:
    await ask("hooks.report", AGENT, agent="anna", launch="launch-anna", payload={"hook_event_name": "Stop"})
    assert straw_of(house).hooks == [("anna", "launch-anna", {"hook_event_name": "Stop"})]
    await house.journal.flush()
    assert await house.journal.read(kinds=("operator.command",)) == []


async def test_what_a_hook_shall_say_is_in_its_reports_answer(ask: Ask, house: House) -> None:
    report = {"agent": "anna", "launch": "launch-anna", "payload": {"hook_event_name": "PermissionRequest"}}
    assert await ask("hooks.report", AGENT, **report) == {}
    straw_of(house).output = {"decision": "allow"}
    assert await ask("hooks.report", AGENT, **report) == {"output": {"decision": "allow"}}


@pytest.mark.parametrize("verb", ["approve", "deny"])
async def test_an_agent_answers_no_dialog_its_own_least_of_all(ask: Ask, house: House, verb: str) -> None:
    with pytest.raises(NotPermitted):
        await ask(verb, AGENT, agent="anna")
    await house.journal.flush()
    [audited] = await house.journal.read(kinds=("operator.command",))
    assert (audited.agent, audited.data["verb"], audited.data["outcome"]) == ("anna", verb, "refused")
    assert straw_of(house).asked == []


async def test_an_agent_may_not_report_for_another_nor_for_an_earlier_launch(ask: Ask, house: House) -> None:
    with pytest.raises(NotPermitted):
        await ask("hooks.report", AGENT, agent="ben", launch="launch-ben", payload={})
    with pytest.raises(Conflict):
        await ask("hooks.report", AGENT, agent="anna", launch="earlier", payload={})
    with pytest.raises(Conflict):
        await ask("hooks.report", OPERATOR, agent="ben", launch="launch-anna", payload={})
    assert straw_of(house).hooks == []


async def test_attach_tells_the_command_for_the_session_or_for_an_agents_pane(ask: Ask, house: House) -> None:
    tmux = ["tmux", "-S", str(house.places.tmux_path)]
    session = await ask("attach")
    assert session["argv"] == [*tmux, "attach-session", "-t", "=orchestrator-cc"]
    with pytest.raises(Conflict, match="no pane"):
        await ask("attach", agent="anna")
    straw_of(house).agents["anna"].shown["pane"] = "%3"
    pane = await ask("attach", agent="anna")
    assert pane["argv"] == [
        *tmux, "select-window", "-t", "%3", ";", "select-pane", "-t", "%3", ";",
        "attach-session", "-t", "=orchestrator-cc",
    ]  # fmt: skip
