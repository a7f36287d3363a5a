"""docs/reference.md names everything there is to name; what is new and not in it fails here."""

import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import BaseModel
from typer.main import get_command

import orchestratorctl.faults
from orchestratorctl.agent_tools import _Tools
from orchestratorctl.app import program
from orchestratorctl.exits import Exit
from orchestratord import errors
from orchestratord.config.schema import Configuration
from orchestratord.verbs.registry import VERBS

PROJECT = Path(__file__).parents[2]
REFERENCE = (PROJECT / "docs/reference.md").read_text()


def written(package: str, pattern: str) -> set[str]:
    """What the sources of a package hold of a pattern."""
    sources = (path.read_text() for path in (PROJECT / package).rglob("*.py"))
    return {found for source in sources for found in re.findall(pattern, source)}


def commands(group: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    for word, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, f"{word} ")
        else:
            yield name + word, command


def settings(model: type[BaseModel], prefix: str = "") -> Iterator[str]:
    for name, field in model.model_fields.items():
        path = prefix + (field.alias or name)
        sections = list(models(field.annotation))
        if not sections:
            yield path
        for section in sections:
            listed = "tuple" in str(field.annotation)
            yield from settings(section, f"{path}{'[]' if listed else ''}.")


def models(annotation: Any) -> Iterator[type[BaseModel]]:
    if inspect.isclass(annotation) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from models(argument)


def codes(root: type[Exception]) -> set[str]:
    return {getattr(root, "code", "")}.union(*(codes(kind) for kind in root.__subclasses__())) - {""}


@pytest.mark.parametrize(("name", "command"), list(commands(get_command(program()))), ids=str)
def test_a_command_stands_in_it_with_its_options(name: str, command: Any) -> None:
    row = re.search(rf"^\| `{name}( [^`]*)?` \|.*$", REFERENCE, re.MULTILINE)
    assert row, f"no row for {name}"
    everywhere = REFERENCE.split("### Everywhere")[1].split("### Commands")[0]
    for parameter in command.params:
        for option in (*parameter.opts, *parameter.secondary_opts):
            assert not option.startswith("-") or f"`{option}`" in (row[0] + everywhere).replace(" ", "`"), option


def test_every_exit_status_stands_in_it() -> None:
    assert {int(status) for status in re.findall(r"^\| (\d+) \|", REFERENCE, re.MULTILINE)} == set(map(int, Exit))


@pytest.mark.parametrize("verb", VERBS.values(), ids=lambda verb: verb.name)
def test_a_verb_stands_in_it_with_its_role_parameters_and_routes(verb: Any) -> None:
    parameters = ", ".join(f"`{name}`" for name in verb.schema().get("properties", {}))
    routes = ", ".join(f"`{route.method} {route.path}`" for route in verb.routes)
    assert f"| `{verb.name}` | {verb.role} | {parameters} | {routes} |" in REFERENCE


def test_every_setting_stands_in_it_and_no_other() -> None:
    rows = set(re.findall(r"^\| `([a-z]+(?:\[\])?\.[a-z_.\[\]]+)` \|", REFERENCE, re.MULTILINE))
    assert {setting for setting in settings(Configuration) if setting not in rows} == set()
    known = {setting[: dot.start()] for setting in settings(Configuration) for dot in re.finditer(r"\.|$", setting)}
    assert rows - known - set(VERBS) == set()


def test_every_error_code_stands_in_it() -> None:
    door = written("orchestratord/web", r'Refusal\(\s*\d{3},\s*"([a-z_]+)"')
    known = codes(errors.OrchestratorError) | codes(orchestratorctl.faults.Fault) | door | {"internal"}
    assert {code for code in known if f"`{code}`" not in REFERENCE} == set()


def test_every_metric_stands_in_it() -> None:
    metrics = written("orchestratord/web", r'"(orchestrator_[a-z_]+)"')
    assert metrics
    assert {name for name in metrics if not re.search(rf"`{name}(_total)?`", REFERENCE)} == set()


def test_every_environment_variable_stands_in_it() -> None:
    names = written("orchestratord", r"\b(ORCHESTRATOR_[A-Z_]*[A-Z])\b") | written(
        "orchestratorctl", r"\b(ORCHESTRATOR_[A-Z_]*[A-Z])\b"
    )
    assert {name for name in names if f"`{name}`" not in REFERENCE} == set()


def test_every_tool_of_an_agent_stands_in_it_with_its_parameters() -> None:
    for name, tool in inspect.getmembers(_Tools, inspect.iscoroutinefunction):
        if not name.startswith("_"):
            row = re.search(rf"^\| `{name}` \|([^|]*)\|", REFERENCE, re.MULTILINE)
            parameters = [each for each in inspect.signature(tool).parameters if each != "self"]
            assert row, name
            assert re.findall(r"`(\w+)`", row[1]) == parameters
