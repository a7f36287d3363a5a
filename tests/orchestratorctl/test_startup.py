"""A command starts with what it needs and no more: typing it must not feel like waiting."""

import json
import subprocess
import sys

import pytest

from orchestratorctl.app import COMMANDS, program
from tests.orchestratorctl.conftest import MakeDaemon
from tests.orchestratorctl.running_client import run
from tests.orchestratorctl.scripted_daemon import AGENTS, answer

LOADED = (
    "import json, sys; from orchestratorctl.__main__ import main; main(sys.argv[1:]); print(json.dumps([*sys.modules]))"
)


def test_status_loads_its_own_command_and_nothing_heavy(scripted: MakeDaemon) -> None:
    scripted(status=answer(AGENTS))
    argv = [sys.executable, "-c", LOADED, "status", "-o", "name"]
    loaded = set(json.loads(subprocess.run(argv, capture_output=True, check=True).stdout.splitlines()[-1]))
    assert {name for name in loaded if name.startswith("orchestratorctl.commands.")} == {
        "orchestratorctl.commands.status"
    }
    assert loaded.isdisjoint({"rich", "yaml", "asyncio", "pydantic", "aiohttp", "webbrowser", "importlib.metadata"})


@pytest.mark.parametrize("words", [["status", "-o", "json"], ["reset-failed", "x"], ["-q", "config", "check"]])
def test_the_words_name_the_commands_to_load(words: list[str]) -> None:
    loaded = program(words)
    names = {each.name or each.callback.__name__ for each in loaded.registered_commands if each.callback}
    names |= {str(group.typer_instance.info.name) for group in loaded.registered_groups if group.typer_instance}
    assert len(loaded.registered_groups) == 1, names


def test_help_shows_every_command_with_a_sentence() -> None:
    shown = run("--help").stdout
    for name in COMMANDS:
        assert f"\n  {name} " in shown


def test_the_version_option_needs_no_daemon() -> None:
    assert run("--version").stdout.startswith("orchestratorctl ")
