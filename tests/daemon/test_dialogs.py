"""Dialogs through the whole: who answers, who may not, and what a policy answers without anybody."""

import json
import re
from typing import Any

import pytest

from tests.daemon.conftest import MakeDaemon
from tests.running import RunningDaemon, standins
from tests.wait import until

RAN = "● The tool has run."


def ask(daemon: RunningDaemon, what: str = "Bash rm -r /tmp/x") -> dict[str, Any]:
    """Have anna ask whether a tool may run, and wait until it is shown as her screen has it."""
    daemon.type("anna", f"dialog permission {what}")

    def shown() -> dict[str, Any] | None:
        dialog = daemon.agents()["anna"]["dialog"]
        return dialog if dialog and "Do you want to proceed?" in dialog["text"] else None

    return until(shown, what="the dialog") or {}


def answers(daemon: RunningDaemon) -> list[tuple[str, str]]:
    """Who has answered what, as the journal tells."""
    told = daemon.events("--kind", "agent.dialog_answered")
    return [(event["data"]["by"], event["data"]["decision"]) for event in told]


@pytest.fixture
def anna(make_daemon: MakeDaemon) -> RunningDaemon:
    daemon = make_daemon(standins("anna"))
    daemon.start()
    daemon.ctl("start")
    return daemon


def test_approve_lets_the_tool_run_and_says_so_and_there_is_nothing_more_to_approve(anna: RunningDaemon) -> None:
    shown = ask(anna)
    assert (shown["kind"], "rm -r /tmp/x" in shown["text"]) == ("permission", True)
    done = anna.run("approve", "anna")
    assert done.returncode == 0, done.stderr
    assert "rm -r /tmp/x" in done.stderr
    until(lambda: RAN in anna.screen("anna"))
    anna.wait_for("idle")
    again = anna.run("approve", "anna", "-o", "json")
    assert (again.returncode, json.loads(again.stdout)["error"]["code"]) == (1, "conflict")
    [(by, decision)] = answers(anna)
    assert (by.startswith("uid "), decision) == (True, "allow")
    [asked] = anna.events("--kind", "agent.dialog")
    assert "rm -r /tmp/x" in asked["data"]["text"]
    audited = [
        e["data"]["outcome"] for e in anna.events("--kind", "operator.command") if e["data"]["verb"] == "approve"
    ]
    assert audited == ["done", "failed"]


def test_deny_keeps_the_tool_from_running(anna: RunningDaemon) -> None:
    ask(anna)
    anna.ctl("deny", "anna")
    anna.wait_for("idle")
    assert "Interrupted" in anna.screen("anna")
    assert RAN not in anna.screen("anna")
    assert [decision for _, decision in answers(anna)] == ["deny"]


def test_a_dialog_that_has_changed_since_it_was_seen_is_not_approved(anna: RunningDaemon) -> None:
    seen = ask(anna, "Bash ls, then dialog permission Bash rm -r /")
    anna.tmux("send-keys", "-t", anna.agents()["anna"]["pane"], "1")
    until(lambda: re.search(r"^ +rm -r /$", anna.screen("anna"), re.MULTILINE))
    done = anna.run("approve", "anna", "--dialog", seen["id"], "-o", "json")
    assert (done.returncode, json.loads(done.stdout)["error"]["code"]) == (1, "conflict")
    anna.wait_for("waiting")
    assert RAN not in anna.screen("anna")
    assert answers(anna) == []


@pytest.mark.parametrize(("policy", "ran"), [("allow", True), ("deny", False)])
def test_a_policy_answers_before_a_human_is_asked(make_daemon: MakeDaemon, policy: str, ran: bool) -> None:
    daemon = make_daemon(standins("anna", dialogs={"policy": policy}))
    daemon.start()
    daemon.ctl("start")
    daemon.type("anna", "dialog permission Bash rm -r /tmp/x")
    until(lambda: (RAN if ran else "● The tool was not allowed to run.") in daemon.screen("anna"))
    daemon.wait_for("idle")
    assert answers(daemon) == [(f"policy {policy}", policy)]
    assert "waiting" not in [event["data"].get("state") for event in daemon.events("--kind", "agent.state")]


def test_a_tool_that_the_policy_does_not_name_is_asked_about(make_daemon: MakeDaemon) -> None:
    daemon = make_daemon(standins("anna", dialogs={"policy": "allow", "allow": ["Read"]}))
    daemon.start()
    daemon.ctl("start")
    ask(daemon)
    daemon.wait_for("waiting")
    assert answers(daemon) == []


def test_an_agent_may_not_approve_itself_and_the_audit_shows_its_try(make_daemon: MakeDaemon) -> None:
    script = "orchestratorctl approve rogue --dialog x >tried 2>&1; echo $? >>tried; mv tried result; exec cat"
    daemon = make_daemon([{"name": "rogue", "role": "r", "provider": "command", "command": ["/bin/sh", "-c", script]}])
    daemon.start()
    daemon.ctl("start")
    result = daemon.folder / "result"
    until(result.exists)
    assert result.read_text().splitlines()[-1] == "77"
    [refused] = [e["data"] for e in daemon.events("--kind", "operator.command") if e["data"]["outcome"] == "refused"]
    assert (refused["verb"], "rogue" in refused["caller"]) == ("approve", True)


def test_explain_tells_what_decided(anna: RunningDaemon) -> None:
    ask(anna)
    told = json.loads(anna.ctl("explain", "anna", "-o", "json"))
    assert (told["state"], told["belief"]["source"], told["belief"]["dialog"]["kind"]) == (
        "waiting",
        "screen",
        "permission",
    )
    assert told["last"]["hook"]["why"] == "hook PermissionRequest"
    assert "PermissionRequest" in anna.ctl("explain", "anna")
