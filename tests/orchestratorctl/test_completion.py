"""The shell completes commands, options, and the agents that the daemon has."""

import pytest

from tests.orchestratorctl.conftest import MakeDaemon
from tests.orchestratorctl.running_client import run
from tests.orchestratorctl.scripted_daemon import AGENTS, answer


def complete(line: str) -> list[str]:
    words = {"_ORCHESTRATORCTL_COMPLETE": "complete_bash", "COMP_WORDS": line, "COMP_CWORD": str(line.count(" "))}
    done = run(environment=words)
    assert done.stderr == ""
    return done.stdout.split()


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("orchestratorctl reset", {"reset-failed"}),
        ("orchestratorctl stop ", {"anna", "ben"}),
        ("orchestratorctl restart anna b", {"ben"}),
        ("orchestratorctl events --agent a", {"anna"}),
        ("orchestratorctl status -o j", {"json", "jsonl"}),
        ("orchestratorctl token cr", {"create"}),
    ],
)
def test_tab_offers(scripted: MakeDaemon, line: str, offered: set[str]) -> None:
    scripted(agents=answer(AGENTS))
    assert set(complete(line)) == offered


def test_without_a_daemon_tab_is_silent(socket: object) -> None:
    assert complete("orchestratorctl stop ") == []
