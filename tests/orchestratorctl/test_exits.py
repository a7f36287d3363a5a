"""Every way in which a command can end, with its status and with its words."""

import json

import pytest

from tests.orchestratorctl.conftest import MakeDaemon
from tests.orchestratorctl.running_client import ask
from tests.orchestratorctl.scripted_daemon import AGENTS, agent, answer, refuse

REFUSALS = [
    ("failed", 1), ("bad_request", 2), ("no_such_agent", 4), ("busy", 75), ("not_permitted", 77),
    ("bad_configuration", 78), ("timed_out", 124),
]  # fmt: skip


@pytest.mark.parametrize(("code", "status"), REFUSALS)
def test_the_daemons_error_ends_with_its_status_and_says_what_to_do(
    scripted: MakeDaemon, code: str, status: int
) -> None:
    scripted(start=refuse(code, status, message="no\x1b[31m way", hint="go round"))
    told = ask("start", "anna")
    assert (told.returncode, told.stdout) == (status, "")
    assert told.stderr == "orchestratorctl: no way\ngo round\n"
    machine = ask("start", "anna", "-o", "json")
    assert (machine.returncode, machine.stderr) == (status, "")
    error = {"code": code, "message": "no\x1b[31m way", "hint": "go round", "request_id": "req1"}
    assert json.loads(machine.stdout) == {"error": error}


def test_status_is_3_when_nothing_of_what_was_asked_for_runs(scripted: MakeDaemon) -> None:
    scripted(status=lambda wire: wire.answer({"agents": [agent(wire.params.get("agent", "anna"), "stopped")]}))
    assert ask("status").returncode == 3
    assert ask("status", "ben", "-o", "name").stdout == "ben\n"


def test_status_is_0_while_any_agent_runs(scripted: MakeDaemon) -> None:
    scripted(status=answer(AGENTS))
    assert ask("status").returncode == 0


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (["stat"], "'status'"),
        ([], "Missing command"),
        (["status", "--frobnicate"], "--frobnicate"),
        (["hold"], "AGENT"),
        (["status", "-o", "xml"], "xml"),
        (["logs", "--since", "yesteryear"], "yesteryear"),
        (["alerts", "--limit", "0"], "--limit"),
        (["token", "create", "x", "--scope", "rule"], "--scope"),
    ],
)
def test_words_that_are_off_are_a_usage_error_that_names_them(socket: object, words: list[str], named: str) -> None:
    told = ask(*words)
    assert (told.returncode, told.stdout) == (2, "")
    assert named in told.stderr
    machine = ask("-o", "json", *words)
    assert machine.returncode == 2
    if "xml" not in words:
        assert json.loads(machine.stdout)["error"]["code"] == "usage"


def test_a_daemon_that_hangs_up_is_unreachable(scripted: MakeDaemon) -> None:
    scripted(status=lambda wire: wire.hang_up())
    done = ask("status")
    assert done.returncode == 69
    assert "hung up" in done.stderr


def test_a_daemon_that_says_farewell_is_quoted(scripted: MakeDaemon) -> None:
    scripted(status=lambda wire: wire.notify("closed", {"code": "busy", "message": "256 are here already"}))
    done = ask("status")
    assert done.returncode == 75
    assert "256 are here already" in done.stderr


@pytest.mark.parametrize("garbage", [b"HTTP/1.1 400 Bad Request\r\n", b"[1]\n", b"\xff\n"])
def test_something_else_on_the_socket_is_said_so_without_a_traceback(scripted: MakeDaemon, garbage: bytes) -> None:
    scripted(status=lambda wire: wire.raw(garbage))
    done = ask("status")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_an_internal_error_names_the_request_to_look_for(scripted: MakeDaemon) -> None:
    scripted(status=refuse("internal", 1))
    assert "request req1" in ask("status").stderr
