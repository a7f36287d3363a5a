"""Sending from the command line, waiting for an answer, and following what happens."""

import json
import subprocess
from typing import Any

import pytest

from tests.orchestratorctl.conftest import MakeDaemon
from tests.orchestratorctl.running_client import OnTerminal, argv, ask, run
from tests.orchestratorctl.scripted_daemon import Script, Wire, answer, refuse
from tests.orchestratorctl.test_commands import MESSAGE


def message(**words: Any) -> dict[str, Any]:
    return {**MESSAGE, **words}


def ends(*messages: dict[str, Any]) -> Script:
    def tell(wire: Wire) -> None:
        wire.answer({})
        for each in messages:
            wire.notify("message", each)
        wire.notify("end", {})

    return tell


def test_the_answer_alone_is_on_stdout(scripted: MakeDaemon) -> None:
    answered = message(state="answered", answer="first\n\x1b[2Jsecond")
    daemon = scripted(send=answer({"messages": [MESSAGE]}), messages__wait=ends(answered))
    done = ask("send", "anna", "hello", "--wait")
    assert (done.returncode, done.stdout, done.stderr) == (0, "first\nsecond\n", "")
    assert daemon.asked[1] == ("messages.wait", {"ids": ["m7"]})
    assert json.loads(ask("send", "anna", "hello", "--wait", "-o", "json").stdout) == {"messages": [answered]}


def test_the_answers_of_several_are_told_apart(scripted: MakeDaemon) -> None:
    sent = [message(), message(id="m8", to="ben")]
    scripted(
        send=answer({"messages": sent}),
        messages__wait=ends(*({**each, "state": "answered", "answer": each["id"]} for each in reversed(sent))),
    )
    assert ask("send", "all", "hello", "--wait").stdout == "anna:\nm7\nben:\nm8\n"


def test_when_time_is_up_the_exit_status_is_124_and_the_message_lives_on(scripted: MakeDaemon) -> None:
    daemon = scripted(send=answer({"messages": [MESSAGE]}), messages__wait=ends(message(state="accepted")))
    done = ask("send", "anna", "hello", "--timeout", "5")
    assert (done.returncode, done.stdout) == (124, "")
    assert "no answer from anna in time: message m7 is accepted" in done.stderr
    assert "lives on" in done.stderr
    assert 0 < daemon.asked[1][1]["timeout"] <= 5


@pytest.mark.parametrize("state", ["failed", "expired", "dead", "cancelled"])
def test_an_end_without_an_answer_says_why(scripted: MakeDaemon, state: str) -> None:
    scripted(send=answer({"messages": [MESSAGE]}), messages__wait=ends(message(state=state, reason="API Error: 500")))
    done = ask("send", "anna", "hello", "--wait", "-o", "json")
    assert done.returncode == 1
    assert json.loads(done.stdout)["error"]["message"] == f"message m7 to anna is {state}: API Error: 500"


def test_a_text_comes_from_stdin_without_its_last_newline(scripted: MakeDaemon) -> None:
    daemon = scripted(send=answer({"messages": [MESSAGE]}))
    assert run("send", "anna", "-", stdin=None, input="漢字\n\n🙂\n").returncode == 0
    assert daemon.asked[0][1]["text"] == "漢字\n\n🙂"
    done = subprocess.run(argv("send", "anna", "-"), input=b"\xff", capture_output=True, check=False)
    assert done.returncode == 2
    assert b"not UTF-8" in done.stderr


def test_what_the_daemon_refuses_has_its_own_exit_status(scripted: MakeDaemon) -> None:
    scripted(send=refuse("not_permitted", 77))
    assert ask("send", "anna", "hello", "--wait").returncode == 77


def test_waiting_goes_on_when_the_daemon_comes_back(scripted: MakeDaemon) -> None:
    hung_up = False

    def wait(wire: Wire) -> None:
        nonlocal hung_up
        if not hung_up:
            hung_up = True
            wire.hang_up()
        ends(message(state="answered", answer="42"))(wire)

    daemon = scripted(send=answer({"messages": [MESSAGE]}), messages__wait=wait)
    assert run("send", "anna", "hello", "--wait").stdout == "42\n"
    assert [verb for verb, _ in daemon.asked] == ["send", "messages.wait", "messages.wait"]


def test_messages_are_followed_step_by_step_until_ctrl_c(scripted: MakeDaemon) -> None:
    def steps(wire: Wire) -> None:
        wire.answer({})
        wire.notify("message", message())
        wire.notify("message", message(state="failed", reason="\x1b[31mtoo\nmuch"))
        wire.wait_until_it_leaves()

    daemon = scripted(messages__subscribe=steps)
    with OnTerminal("messages", "-f", "-n", "1", "--to", "anna") as terminal:
        terminal.see("too much")
        terminal.interrupt()
        assert terminal.end() == 130
        shown = terminal.seen.splitlines()
    assert "operator → anna" in shown[0]
    assert shown[0].endswith("hello")
    assert "failed" in shown[1]
    assert daemon.asked == [("messages.subscribe", {"latest": 1, "to": "anna"})]


def test_an_inbox_shows_whole_texts_that_steer_nothing(scripted: MakeDaemon) -> None:
    came = message(text="one\n\x1b[2Jtwo", subject="plan", state="answered", answer="yes")
    scripted(inbox=answer({"reader": "anna", "messages": [came], "complete": True}))
    shown = ask("inbox").stdout.splitlines()
    assert shown[0].startswith("m7  operator → anna  answered  ")
    assert shown[1:] == ["subject: plan", "    one", "    two", "answer:", "    yes"]


def test_retrying_needs_to_know_what(scripted: MakeDaemon) -> None:
    done = ask("messages", "retry")
    assert done.returncode == 2
    assert "messages retry ID" in done.stderr
