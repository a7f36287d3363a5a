"""The demo's five stand-ins work on a task together."""

import json
from pathlib import Path

from tests.daemon.conftest import MakeDaemon

DEMO = Path(__file__).parents[2] / "config/demo.yaml"
SPECIALISTS = {"research_analysis_specialist", "coding_writing_specialist", "testing_specialist"}


def test_a_task_goes_down_to_the_specialists_and_their_answers_come_back_up(make_daemon: MakeDaemon) -> None:
    daemon = make_daemon()
    daemon.environment |= {
        "ORCHESTRATOR_CONFIG_PATH": str(DEMO),
        "ORCHESTRATOR_WORK_DIR": str(daemon.folder),
        "ORCHESTRATOR_DASHBOARD_PORT": str(daemon.port),
    }
    daemon.start()
    daemon.ctl("start")
    answer = daemon.ctl("send", "grand_boss", "麦を刈る, then eat", "--wait")
    said = dict(line.split(": ", 1) for line in answer.splitlines())
    assert said.keys() == SPECIALISTS
    assert all(line.endswith("麦を刈る, then eat") for line in said.values())
    messages = json.loads(daemon.ctl("messages", "-o", "json"))["messages"]
    assert {message["state"] for message in messages} == {"answered"}
    assert [(message["from"], message["to"]) for message in messages[:2]] == [
        ("operator", "grand_boss"),
        ("grand_boss", "middle_manager"),
    ]
    assert {(message["from"], message["to"]) for message in messages[2:]} == {
        ("middle_manager", specialist) for specialist in SPECIALISTS
    }
    assert len(messages) == 5
