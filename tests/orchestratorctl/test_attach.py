"""`attach` on real tmux: from a bare terminal, and from inside the same server."""

import shlex
import subprocess
from pathlib import Path

import pytest

from tests.orchestratorctl.conftest import MakeDaemon
from tests.orchestratorctl.running_client import OnTerminal, argv, ask
from tests.orchestratorctl.scripted_daemon import Wire, answer


@pytest.fixture
def tmux(tmux_socket: Path) -> list[str]:
    """A server with two sessions, each with a shell that has said where it is."""
    command = ["tmux", "-S", str(tmux_socket)]
    for session in ("outer", "inner"):
        shell = f"echo here is {session}; exec /bin/sh"
        subprocess.run([*command, "-f", "/dev/null", "new-session", "-d", "-s", session, shell], check=True)
    return command


def detach(tmux: list[str], session: str) -> None:
    """Send whoever is attached to the session back to its own terminal."""
    subprocess.run([*tmux, "detach-client", "-s", f"={session}"], check=True)


def attaching(tmux: list[str], session: str) -> dict[str, object]:
    return {"argv": [*tmux, "attach-session", "-t", f"={session}"], "tmux": tmux, "session": session, "pane": None}


def test_the_terminal_becomes_the_sessions_and_comes_back_when_detached(scripted: MakeDaemon, tmux: list[str]) -> None:
    scripted(attach=answer(attaching(tmux, "outer")))
    with OnTerminal("attach") as terminal:
        terminal.see("here is outer")
        detach(tmux, "outer")
        assert terminal.end() == 0


def test_inside_the_same_server_it_switches_instead_of_nesting(scripted: MakeDaemon, tmux: list[str]) -> None:
    sessions = iter(["outer", "inner"])

    def attach(wire: Wire) -> None:
        wire.answer(attaching(tmux, next(sessions)))

    scripted(attach=attach)
    with OnTerminal("attach") as terminal:
        terminal.see("here is outer")
        terminal.enter(f"{shlex.join(argv('attach'))}\n")
        terminal.see("here is inner")
        detach(tmux, "inner")
        assert terminal.end() == 0


def test_off_a_terminal_it_tells_the_command(scripted: MakeDaemon) -> None:
    scripted(attach=answer(attaching(["tmux"], "a b")))
    done = ask("attach")
    assert done.returncode == 2
    assert "tmux attach-session -t '=a b'" in done.stderr
    assert ask("attach", "-o", "name").stdout == "tmux attach-session -t '=a b'\n"
