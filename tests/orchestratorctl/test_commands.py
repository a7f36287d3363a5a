"""What each command asks of the daemon."""

from typing import Any

import pytest

from orchestratorctl.app import COMMANDS
from orchestratorctl.commands.version import own_version
from orchestratord.verbs.registry import VERBS
from tests.orchestratorctl.conftest import MakeDaemon
from tests.orchestratorctl.running_client import ask
from tests.orchestratorctl.scripted_daemon import AGENTS, answer

TOKEN = {"id": "0a1b2c3d", "name": "x", "scope": "look", "created_at": 0.0}
ALERT = {"id": "a1", "level": "error", "agent_name": "anna", "rule": "down", "message": "gone", "timestamp": 1.0}
EVENT = {"seq": 7, "at": 1.0, "kind": "agent.exited", "agent": "anna", "data": {"signal": "SIGKILL"}}
MESSAGE = {
    "id": "m7", "from": "operator", "to": "anna", "subject": "", "text": "hello", "state": "queued", "since": 1.0,
    "created_at": 1.0, "reason": "", "answer": None,
}  # fmt: skip

ANSWERS: dict[str, Any] = {
    "start": AGENTS,
    "stop": AGENTS,
    "restart": AGENTS,
    "shutdown": AGENTS,
    "status": AGENTS,
    "agents": AGENTS,
    "hold": AGENTS,
    "approve": AGENTS,
    "deny": AGENTS,
    "explain": {
        "agent": "anna",
        "state": "idle",
        "state_since": 5.0,
        "reason": "hook Stop",
        "belief": {"activity": "idle", "why": "hook Stop", "source": "hook", "since": 5.0},
        "recent": [{"source": "hook", "why": "hook Stop", "activity": "idle", "last_at": 5.0, "times": 1, "doubt": ""}],
    },
    "release": AGENTS,
    "reset_failed": AGENTS,
    "reload": {"added": ["carla"], "removed": [], "changed": {"ben": ["args"]}, "relaunch": ["ben"], "sections": []},
    "alerts": {"alerts": [ALERT]},
    "metrics": {"metrics": {"total_agents": 2}},
    "attach": {"argv": ["tmux", "attach-session"], "tmux": ["tmux"], "session": "s", "pane": None},
    "logs": {"lines": ["one", "two"]},
    "events": {"events": [EVENT], "complete": True, "last_seq": 7},
    "send": {"messages": [MESSAGE]},
    "reply": {"message": {**MESSAGE, "state": "answered", "answer": "done"}, "sent": None},
    "inbox": {"reader": "operator", "messages": [MESSAGE], "complete": True},
    "messages": {"messages": [MESSAGE], "complete": True},
    "messages__retry": {"message": MESSAGE},
    "messages__cancel": {"message": MESSAGE},
    "config__show": {"path": "/c.yaml", "configuration": {"http": {"host": "::", "port": 8443, "tls": {"cert": "c"}}}},
    "config__schema": {"schema": {"properties": {"agents": {}}}},
    "token__create": {**TOKEN, "token": "orc_secret"},
    "token__list": {"tokens": [TOKEN]},
    "token__revoke": TOKEN,
    "version": {"version": "0.1.0", "pid": 1},
}

ASKED: list[tuple[str, str, dict[str, Any], str]] = [
    ("start", "start", {}, "anna"),
    ("start anna ben", "start", {"agents": ["anna", "ben"]}, "anna"),
    ("stop anna", "stop", {"agents": ["anna"]}, "anna"),
    ("stop --yes", "stop", {}, "anna"),
    ("restart anna --rolling", "restart", {"agents": ["anna"], "rolling": True}, "anna"),
    ("--yes restart", "restart", {"rolling": False}, "anna"),
    ("shutdown -y", "shutdown", {}, "anna"),
    ("status", "status", {}, "anna"),
    ("status anna", "status", {"agent": "anna"}, "anna"),
    ("agents", "agents", {}, "anna"),
    ("hold anna", "hold", {"agent": "anna"}, "anna"),
    ("release anna", "release", {"agent": "anna"}, "anna"),
    ("reset-failed anna", "reset_failed", {"agent": "anna"}, "anna"),
    ("approve anna --dialog d1", "approve", {"agent": "anna", "dialog": "d1"}, "anna"),
    ("deny anna --dialog d1", "deny", {"agent": "anna", "dialog": "d1"}, "anna"),
    ("explain anna", "explain", {"agent": "anna"}, "hook Stop"),
    ("reload", "reload", {}, "carla"),
    ("alerts", "alerts", {"limit": 100}, "a1"),
    (
        "alerts --level error --unresolved --limit 5",
        "alerts",
        {"level": "error", "resolved": False, "limit": 5},
        "a1",
    ),
    ("metrics", "metrics", {}, "total_agents"),
    ("attach anna", "attach", {"agent": "anna"}, "tmux attach-session"),
    ("logs -n 5", "logs", {"lines": 5}, "one"),
    ("logs anna --since 1700000000", "logs", {"agent": "anna", "lines": 100, "since": 1700000000.0}, "one"),
    ("events -n 3", "events", {"limit": 3, "newest": True}, "7"),
    (
        "events --kind agent.* --kind cluster.started --agent anna",
        "events",
        {"limit": 20, "newest": True, "kinds": ["agent.*", "cluster.started"], "agent": "anna"},
        "7",
    ),
    ("send anna hello", "send", {"to": "anna", "text": "hello"}, "m7"),
    (
        "send all hello --subject s --urgent --key k --expire-after 5 --reply-to m1 --as ben",
        "send",
        {
            "to": "all",
            "text": "hello",
            "subject": "s",
            "urgent": True,
            "key": "k",
            "expire_after": 5.0,
            "reply_to": "m1",
            "sender": "ben",
        },
        "m7",
    ),
    ("reply m7 done", "reply", {"id": "m7", "text": "done"}, "m7"),
    ("inbox", "inbox", {"limit": 20}, "m7"),
    ("inbox anna --limit 1", "inbox", {"agent": "anna", "limit": 1}, "m7"),
    ("messages", "messages", {"limit": 20}, "m7"),
    (
        "messages --to anna --from ben --state dead --state failed --thread m1 -n 3",
        "messages",
        {"limit": 3, "to": "anna", "from": "ben", "state": ["dead", "failed"], "thread": "m1"},
        "m7",
    ),
    ("messages retry m7", "messages.retry", {"id": "m7"}, "m7"),
    ("messages cancel m7", "messages.cancel", {"id": "m7"}, "m7"),
    ("dashboard", "config.show", {}, "https://[::1]:8443/"),
    ("config show", "config.show", {}, ""),
    ("config schema", "config.schema", {}, "agents"),
    ("token create x --scope operate", "token.create", {"name": "x", "scope": "operate"}, "0a1b2c3d"),
    ("token list", "token.list", {}, "0a1b2c3d"),
    ("token revoke 0a1b2c3d", "token.revoke", {"id": "0a1b2c3d"}, "0a1b2c3d"),
    ("version", "version", {}, own_version()),
]


@pytest.mark.parametrize(("words", "verb", "parameters", "first_name"), ASKED, ids=[row[0] for row in ASKED])
def test_a_command_asks_for_its_verb_and_names_what_it_got(
    scripted: MakeDaemon, words: str, verb: str, parameters: dict[str, Any], first_name: str
) -> None:
    daemon = scripted(**{name: answer(result) for name, result in ANSWERS.items()})
    done = ask(*words.split(), "-o", "name")
    assert done.returncode == 0, done.stderr
    assert daemon.asked == [(verb, parameters)]
    assert done.stdout.partition("\n")[0] == first_name


def test_every_command_has_a_table_for_people(scripted: MakeDaemon) -> None:
    scripted(**{name: answer(result) for name, result in ANSWERS.items()})
    for words in {row[0] for row in ASKED if not row[0].startswith("attach")}:
        done = ask(*words.split())
        assert (done.returncode, bool(done.stdout)) == (0, True), (words, done.stderr)


@pytest.mark.parametrize(("words", "verb", "parameters", "_name"), ASKED, ids=[row[0] for row in ASKED])
def test_what_is_asked_is_what_the_daemons_verb_takes(
    words: str, verb: str, parameters: dict[str, Any], _name: str
) -> None:
    VERBS[verb].parameters.model_validate(parameters)


def test_no_command_is_left_out_here() -> None:
    # mcp asks for nothing until an agent does.
    assert set(COMMANDS) - {"mcp"} == {word for row in ASKED for word in row[0].split() if word in COMMANDS}


def test_a_new_token_alone_is_on_stdout(scripted: MakeDaemon) -> None:
    scripted(token__create=answer(ANSWERS["token__create"]))
    done = ask("token", "create", "x")
    assert done.stdout == "orc_secret\n"
    assert "0a1b2c3d" in done.stderr


def test_all_events_are_read_page_by_page(scripted: MakeDaemon) -> None:
    pages = {0: [EVENT, {**EVENT, "seq": 8}], 8: [{**EVENT, "seq": 9}], 9: []}
    daemon = scripted(events=lambda wire: wire.answer({"events": pages[wire.params["after"]]}))
    assert ask("events", "--all", "-o", "name").stdout == "7\n8\n9\n"
    assert len(daemon.asked) == 3


def test_quiet_leaves_the_data_and_verbose_says_more(scripted: MakeDaemon) -> None:
    scripted(alerts=answer({"alerts": []}))
    assert ask("alerts").stderr == "no alerts\n"
    assert ask("alerts", "-q").stderr == ""
    assert "asking the daemon at" in ask("alerts", "-v").stderr
