"""An agent's tools over MCP, with the package's own client: from inside a pane, and by an operator's hand."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.daemon.conftest import MakeDaemon
from tests.running import CONTROL, RunningDaemon, standins
from tests.wait import until


def tool_user(daemon_folder: Path) -> dict[str, Any]:
    script = Path(__file__).with_name("tool_user.py")
    command = [sys.executable, str(script), str(daemon_folder / "notes.json")]
    return {"name": "anna", "role": "asker", "provider": "command", "command": command}


def test_an_agent_talks_through_its_tools_in_its_own_name(make_daemon: MakeDaemon, place: Path) -> None:
    daemon = make_daemon([*standins("ben"), tool_user(place)])
    daemon.start()
    daemon.ctl("start")
    notes = place / "notes.json"
    until(notes.exists, what="what the tools said")
    names, agents, answered, late, told, status, unknown, missing, inbox = json.loads(notes.read_text())
    assert names == ["list_agents", "send_message", "ask_agent", "reply", "read_inbox", "report_status"]
    assert {agent["name"]: agent["role"] for agent in agents["agents"]} == {"anna": "asker", "ben": "ben"}
    assert [each["answer"] for each in answered["answers"]] == ["収穫は済んだ 🌾"]
    (waiting,) = late["answers"]
    assert "answer" not in waiting
    assert waiting["state"] not in {"answered", "failed"}, "it lives on"
    assert [each["to"] for each in told["messages"] + status["messages"]] == ["operator", "operator"]
    assert "there is no agent or role 'nobody'" in unknown["error"]
    assert "m999999" in missing["error"]
    assert inbox["reader"] == "anna"
    assert "収穫は済んだ 🌾" in [message.get("answer") for message in inbox["messages"]]
    sent = daemon.events("--kind", "message.queued")
    assert {event["data"]["from"] for event in sent} == {"anna"}


def test_the_tools_end_with_the_agent_that_runs_them(daemon: RunningDaemon) -> None:
    words = [str(CONTROL), "--socket", str(daemon.socket), "mcp"]
    ended = subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, timeout=60, check=False)
    assert (ended.returncode, ended.stdout) == (0, b"")
