"""What goes on until somebody has enough: streams, the watched status, and progress."""

import json
import signal
import subprocess

from tests.orchestratorctl.conftest import MakeDaemon
from tests.orchestratorctl.running_client import OnTerminal, argv, run
from tests.orchestratorctl.scripted_daemon import AGENTS, Wire, agent, answer
from tests.wait import until


def event(seq: int) -> dict[str, object]:
    return {"seq": seq, "at": 1.0, "kind": "agent.state", "agent": "anna", "data": {"to": "idle"}}


def endless(wire: Wire) -> None:
    wire.answer({"last_seq": 2})
    wire.notify("event", event(3))
    wire.wait_until_it_leaves()


def test_ctrl_c_ends_a_stream_with_130_and_no_further_word(scripted: MakeDaemon) -> None:
    scripted(events=answer({"events": [event(2)], "last_seq": 2}), events__subscribe=endless)
    with OnTerminal("events", "-f", "-o", "jsonl") as terminal:
        terminal.see(json.dumps(event(3)) + "\n")
        shown = terminal.seen
        terminal.interrupt()
        assert terminal.end() == 130
        assert terminal.seen == shown


def test_events_are_followed_from_the_last_one_shown(scripted: MakeDaemon) -> None:
    def three(wire: Wire) -> None:
        wire.answer({"last_seq": 5})
        wire.notify("event", event(wire.params["after"] + 1))
        wire.notify("end", {})

    daemon = scripted(events=answer({"events": [event(1), event(2)], "last_seq": 5}), events__subscribe=three)
    done = run("events", "-f", "-o", "json")
    assert done.returncode == 0, done.stderr
    assert [json.loads(line)["seq"] for line in done.stdout.splitlines()] == [1, 2, 3]
    assert daemon.asked[-1] == ("events.subscribe", {"after": 2})


def test_a_reader_that_has_enough_ends_it_without_a_word(scripted: MakeDaemon) -> None:
    def flood(wire: Wire) -> None:
        wire.answer({"last_seq": 0})
        for seq in range(1_000_000):
            wire.notify("event", event(seq))

    scripted(events__subscribe=flood)
    with subprocess.Popen(
        argv("events", "-f", "-n", "0", "-o", "name"), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as client:
        assert client.stdout is not None
        assert client.stderr is not None
        assert client.stdout.readline() == "0\n"
        client.stdout.close()
        assert client.wait(60) == 141
        assert client.stderr.read() == ""


def test_a_slow_reader_goes_on_where_it_was_cut_off(scripted: MakeDaemon) -> None:
    def cut(wire: Wire) -> None:
        wire.answer({"last_seq": 4})
        after = wire.params.get("after")
        wire.notify("event", event((after or 4) + 1))
        wire.notify("end", {}) if after else wire.notify("closed", {"code": "too_slow", "message": "too slow"})

    daemon = scripted(events__subscribe=cut)
    assert run("events", "-f", "-n", "0", "-o", "name").stdout == "5\n6\n"
    assert [parameters for _, parameters in daemon.asked] == [{}, {"after": 5}]


def test_a_stream_that_is_cut_off_says_why(scripted: MakeDaemon) -> None:
    def cut(wire: Wire) -> None:
        wire.answer({"last_seq": 0})
        wire.notify("closed", {"code": "busy", "message": "you read too slowly"})

    scripted(events__subscribe=cut)
    done = run("events", "-f", "-n", "0")
    assert done.returncode == 75
    assert "you read too slowly" in done.stderr


def test_a_followed_log_goes_on_line_by_line_without_its_colours(scripted: MakeDaemon) -> None:
    def log(wire: Wire) -> None:
        wire.answer({"path": "/agent_anna.log"})
        for piece in ("\x1b[32mold\r\nne\x1b[3", "1mw\x07\n", "rest"):
            wire.notify("log", {"text": piece})
        wire.notify("end", {})

    daemon = scripted(logs=log)
    assert run("logs", "anna", "-f").stdout == "old\nnew\\x07\nrest\n"
    assert daemon.asked == [("logs", {"agent": "anna", "lines": 100, "follow": True})]


def test_the_watched_status_redraws_and_outlives_the_daemon(scripted: MakeDaemon) -> None:
    states = iter(["starting", "idle"])

    def status(wire: Wire) -> None:
        state = next(states, None)
        if state is None:
            wire.hang_up()
        wire.answer({"agents": [agent("anna", str(state))]})

    scripted(status=status)
    with OnTerminal("status", "--watch") as terminal:
        terminal.see("starting")
        terminal.see("idle")
        terminal.see("hung up")
        terminal.interrupt()
        assert terminal.end() == 130


def test_progress_is_shown_on_a_terminal_and_nowhere_else(scripted: MakeDaemon) -> None:
    def start(wire: Wire) -> None:
        wire.notify("progress", {"agent": "anna", "state": "starting", "done": 0, "total": 2})
        wire.answer(AGENTS)

    scripted(start=start)
    with OnTerminal("start") as terminal:
        assert terminal.end() == 0
        assert "0 of 2 anna starting" in terminal.seen
    assert run("start").stderr == ""
    assert "0 of 2 anna starting" in run("start", "-v").stderr


def test_ctrl_c_during_long_work_says_that_the_daemon_goes_on(scripted: MakeDaemon) -> None:
    daemon = scripted(start=Wire.wait_until_it_leaves)
    with subprocess.Popen(argv("start"), stderr=subprocess.PIPE, text=True) as client:
        until(lambda: daemon.asked)
        client.send_signal(signal.SIGINT)
        _, words = client.communicate(timeout=60)
    assert client.returncode == 130
    assert words == "the daemon goes on with the start; orchestratorctl status shows how far it is\n"
