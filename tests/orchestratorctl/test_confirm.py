"""What destroys asks first, with the names of what dies."""

import pytest

from tests.orchestratorctl.conftest import MakeDaemon
from tests.orchestratorctl.running_client import OnTerminal, ask
from tests.orchestratorctl.scripted_daemon import AGENTS, agent, answer

DESTROYING = ["shutdown", "stop", "restart"]


@pytest.mark.parametrize("deed", DESTROYING)
def test_off_a_terminal_it_refuses_and_names_what_would_have_died(scripted: MakeDaemon, deed: str) -> None:
    daemon = scripted(agents=answer(AGENTS))
    done = ask(deed)
    assert (done.returncode, done.stdout) == (2, "")
    assert "anna" in done.stderr
    assert "ben" not in done.stderr, "ben does not run"
    assert "--yes" in done.stderr
    assert daemon.asked == [("agents", {})]


@pytest.mark.parametrize("deed", DESTROYING)
def test_on_a_terminal_it_asks_and_does_it_only_for_a_yes(scripted: MakeDaemon, deed: str) -> None:
    daemon = scripted(**{"agents": answer(AGENTS), deed: answer(AGENTS)})
    for word, status, done in (("\n", 1, False), ("no\n", 1, False), ("y\n", 0, True)):
        with OnTerminal(deed) as terminal:
            terminal.see("anna.\n")
            terminal.see("[y/N] ")
            terminal.enter(word)
            assert terminal.end() == status
        assert (deed in [verb for verb, _ in daemon.asked]) == done


@pytest.mark.parametrize("deed", DESTROYING)
def test_with_nothing_alive_there_is_nothing_to_ask(scripted: MakeDaemon, deed: str) -> None:
    nobody = {"agents": [agent("ben", "stopped")]}
    scripted(**{"agents": answer(nobody), deed: answer(nobody)})
    assert ask(deed).returncode == 0


@pytest.mark.parametrize("deed", ["stop", "restart"])
def test_who_names_the_agents_has_said_what_dies(scripted: MakeDaemon, deed: str) -> None:
    daemon = scripted(**{deed: answer(AGENTS)})
    assert ask(deed, "anna").returncode == 0
    assert [verb for verb, _ in daemon.asked] == [deed]
