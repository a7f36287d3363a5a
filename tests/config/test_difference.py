from typing import Any

from orchestratord.config.difference import changed
from orchestratord.config.schema import Configuration


def _cluster(*agents: dict[str, Any], **sections: Any) -> Configuration:
    return Configuration.model_validate({"agents": list(agents), **sections})


def test_the_same_configuration_differs_in_nothing() -> None:
    one = _cluster({"name": "a", "env": {"X": "1"}})
    assert not changed(one, _cluster({"name": "a", "env": {"X": "1"}}))


def test_agents_that_come_go_and_change_are_told_apart() -> None:
    old = _cluster({"name": "a"}, {"name": "b"}, {"name": "c", "args": ["x"]}, {"name": "d"})
    new = _cluster({"name": "e"}, {"name": "d", "restart": {"burst": 9}}, {"name": "c"}, {"name": "b"})
    difference = changed(old, new)
    assert difference.added == ("e",)
    assert difference.removed == ("a",)
    assert difference.changed == {"d": ("restart",), "c": ("args",)}
    assert difference.sections == ()


def test_only_what_a_process_is_started_with_needs_a_new_process() -> None:
    old = _cluster({"name": "a"}, {"name": "b"})
    told = {"role": "x", "restart": {"policy": "always"}, "reports_to": "b", "may_message": ["b"]}
    new = _cluster({"name": "a", **told}, {"name": "b", "env": {"X": "1"}})
    assert changed(old, new).relaunch == ("b",)


def test_other_sections_are_named() -> None:
    old = _cluster({"name": "a"})
    new = _cluster({"name": "a"}, http={"port": 1}, monitoring={"max_idle_time": "1m"})
    assert changed(old, new).sections == ("monitoring", "http")
