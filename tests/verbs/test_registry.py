"""What every verb's declaration keeps to, so that doors and documents can be made from it."""

import json
import re
from typing import Any

import pytest

from orchestratord.access.role import Role
from orchestratord.verbs.registry import VERBS
from orchestratord.verbs.verb import Verb
from tests.verbs.conftest import Ask

EVERY = pytest.mark.parametrize("verb", VERBS.values(), ids=VERBS)


@EVERY
def test_a_verb_is_one_sentence_of_help_and_described_parameters(verb: Verb[Any]) -> None:
    assert re.fullmatch(r"[A-Z].*[^.]\.", verb.help)
    assert ". " not in verb.help
    for name, described in verb.schema().get("properties", {}).items():
        assert described.get("description", "").endswith("."), name


@EVERY
def test_a_route_names_only_parameters_that_the_verb_has(verb: Verb[Any]) -> None:
    for route in verb.routes:
        assert set(re.findall(r"{(\w+)}", route.path)) <= verb.parameters.model_fields.keys()
        assert (route.method == "GET") is not verb.changes


@EVERY
def test_what_changes_something_is_never_for_those_who_only_look(verb: Verb[Any]) -> None:
    assert not (verb.changes and verb.role is Role.LOOK)


def test_what_an_agent_may_is_to_look_and_to_speak_for_itself() -> None:
    assert {name for name, verb in VERBS.items() if Role.TAKE_PART.includes(verb.role)} == {
        "status", "agents", "metrics", "alerts", "logs", "events", "events.subscribe", "config.show", "config.schema",
        "hooks.report", "version", "rpc.describe", "send", "reply", "inbox", "messages", "messages.subscribe",
        "messages.wait", "messages.retry", "messages.cancel", "explain",
    }  # fmt: skip


def test_every_command_to_the_cluster_has_its_route() -> None:
    routes = {f"{route.method} {route.path}" for verb in VERBS.values() for route in verb.routes}
    assert {f"POST /api/cluster/{verb}" for verb in ("start", "stop", "restart", "shutdown")} <= routes
    assert {f"POST /api/agents/{{agents}}/{verb}" for verb in ("start", "stop", "restart")} <= routes
    assert {f"POST /api/agents/{{agent}}/{verb}" for verb in ("hold", "release", "approve", "deny")} <= routes
    assert {f"GET /api/{verb}" for verb in ("status", "agents", "alerts", "metrics", "events", "messages")} <= routes


async def test_rpc_describe_lists_every_verb_with_its_parameters(ask: Ask) -> None:
    methods = {method["name"]: method for method in (await ask("rpc.describe"))["methods"]}
    assert methods.keys() == VERBS.keys()
    assert methods["restart"]["params"]["properties"]["rolling"]["type"] == "boolean"
    assert methods["events.subscribe"]["follow"]
    assert methods["stop"] | {"params": {}} == {
        "name": "stop", "help": VERBS["stop"].help, "role": "operate", "changes": True, "follow": False, "params": {},
        "routes": ["POST /api/cluster/stop", "POST /api/agents/{agents}/stop"],
    }  # fmt: skip
    assert len(json.dumps(methods)) < 1 << 20
