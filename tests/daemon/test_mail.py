"""Mail through the whole: from the client to an agent and back, and what an agent may not do with it."""

import json
import shlex
import signal
import subprocess
import urllib.request
from typing import Any

from tests.daemon.conftest import MakeDaemon
from tests.running import CONTROL, RunningDaemon, standins
from tests.wait import until


def messages(daemon: RunningDaemon, *words: str) -> list[dict[str, Any]]:
    return list(json.loads(daemon.ctl("messages", "-o", "json", *words))["messages"])


def test_an_answer_comes_back_and_every_step_is_told(daemon: RunningDaemon) -> None:
    daemon.ctl("start")
    assert daemon.ctl("send", "anna", "say 漢字 and 🙂\nover two lines", "--wait") == "漢字 and 🙂\nover two lines\n"
    (message,) = messages(daemon)
    assert (message["state"], message["attempts"], message["from"]) == ("answered", 1, "operator")
    told = [event for event in daemon.events("--kind", "message.*") if event["data"]["id"] == message["id"]]
    assert [event["kind"].split(".")[1] for event in told] == ["queued", "typed", "submitted", "accepted", "answered"]
    with urllib.request.urlopen(f"http://127.0.0.1:{daemon.port}/metrics") as answer:
        metrics = answer.read().decode()
    assert 'orchestrator_messages_total{state="answered"} 1.0' in metrics
    assert 'orchestrator_message_queue_depth{agent_name="anna"} 0.0' in metrics
    assert "orchestrator_response_seconds_count 1.0" in metrics


def test_a_message_waits_for_its_agent_and_its_sender_for_the_answer_across_kill_9(daemon: RunningDaemon) -> None:
    with subprocess.Popen(
        [CONTROL, "send", "anna", "say 42", "--wait"], env=daemon.environment, stdout=subprocess.PIPE, text=True
    ) as waiting:
        until(lambda: messages(daemon, "--state", "queued"))
        daemon.end(signal.SIGKILL)
        daemon.start()
        assert [message["to"] for message in messages(daemon, "--state", "queued")] == ["anna"]
        daemon.ctl("start", "anna")
        answer, _ = waiting.communicate(timeout=120)
    assert (waiting.returncode, answer) == (0, "42\n")
    assert len(messages(daemon)) == 1


def test_when_time_is_up_the_message_lives_on(daemon: RunningDaemon) -> None:
    done = daemon.run("send", "anna", "say later", "--timeout", "0.2", "--key", "k")
    assert done.returncode == 124
    daemon.ctl("start", "anna")
    assert daemon.ctl("send", "anna", "say later", "--wait", "--key", "k") == "later\n"
    assert len(messages(daemon)) == 1


def test_an_agent_speaks_only_as_itself_and_reads_only_its_own_mail(make_daemon: MakeDaemon) -> None:
    client = shlex.quote(str(CONTROL))
    script = "; ".join([
        f"{client} send ben 'in my name' -o name",
        f"{client} send ben 'in anothers' --as operator",
        f"{client} inbox ben",
        f"{client} shutdown --yes",
        "exec cat",
    ])  # fmt: skip
    rogue = {"name": "rogue", "role": "r", "provider": "command", "command": ["/bin/sh", "-c", script]}
    daemon = make_daemon([rogue, *standins("ben")])
    daemon.start()
    daemon.ctl("start", "rogue")

    def refused() -> list[Any]:
        told = (event["data"] for event in daemon.events("--kind", "operator.command", "--agent", "rogue"))
        return [data["verb"] for data in told if data["outcome"] == "refused"]

    until(lambda: len(refused()) == 3)
    assert refused() == ["send", "inbox", "shutdown"]
    (message,) = messages(daemon)
    assert (message["from"], message["to"], message["text"]) == ("rogue", "ben", "in my name")
    assert "anothers" not in json.dumps(daemon.events())
