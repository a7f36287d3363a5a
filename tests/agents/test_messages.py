"""Real Claude Codes that are written to and write to each other: three at once, offline, run by the daemon."""

import hashlib
import json
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.agents.claude_cluster import ClaudeCluster
from tests.agents.offline import OfflineNetwork, StubApi
from tests.wait import PATIENCE, until

pytestmark = [pytest.mark.agents, pytest.mark.timeout(600)]

BOSS, MANAGER, SPECIALIST = NAMES = ("grand_boss", "middle_manager", "specialist")
SENT = 50
ASK = "mcp__orchestrator__ask_agent"


@pytest.fixture
def cluster(
    place: Path, free_port: int, claude: Path, network: OfflineNetwork, api: StubApi
) -> Iterator[ClaudeCluster]:
    daemon = ClaudeCluster(place, free_port, claude, network, api, *NAMES)
    daemon.start()
    yield daemon
    daemon.clean()


def heard(network: OfflineNetwork, api: StubApi) -> list[str]:
    """The SHA-256 of every prompt that the model was given, oldest first."""
    read = "import sys, urllib.request; print(urllib.request.urlopen(sys.argv[1]).read().decode())"
    argv = network.enter(sys.executable, "-I", "-c", read, f"{api.url}/heard")
    done = subprocess.run(argv, capture_output=True, check=True, timeout=30)
    return list(json.loads(done.stdout)["heard"])


def long_text(number: int) -> str:
    """5,000 characters over many lines, no two the same, with what terminals find hard."""
    lines = [f"digest {number} の収穫報告 👩‍🌾"]
    while sum(map(len, lines)) + len(lines) < 5_000:
        lines.append(f"  {len(lines)}行目：収穫は終わりました。🌾👨‍👩‍👧‍👦 か゛と が、“引用”、①②③、ﾊﾝｶｸ、@work /help \\")
    return "\n".join(lines)[:5_000]


def messages(cluster: ClaudeCluster) -> list[dict[str, Any]]:
    """All there are, oldest first."""
    document = json.loads(cluster.ctl("messages", "-o", "json"))
    return sorted(document["messages"], key=lambda message: int(message["id"][1:]))


def sent(cluster: ClaudeCluster, to: str, text: str) -> str:
    """Send it and do not wait; its id."""
    return str(json.loads(cluster.ctl("send", to, text, "-o", "json"))["messages"][0]["id"])


def message(cluster: ClaudeCluster, id_: str) -> dict[str, Any]:
    [found] = [each for each in messages(cluster) if each["id"] == id_]
    return found


def ended(cluster: ClaudeCluster, id_: str) -> dict[str, Any]:
    """The message once it has come to an end."""
    final = {"answered", "failed", "expired", "dead", "cancelled"}
    until(lambda: message(cluster, id_)["state"] in final, within=2 * PATIENCE, what=f"the end of {id_}")
    return message(cluster, id_)


def press(cluster: ClaudeCluster, agent: str, key: str) -> None:
    cluster.tmux("send-keys", "-t", cluster.agents()[agent]["pane"], key)


def test_fifty_long_texts_arrive_exactly_and_once(
    cluster: ClaudeCluster, network: OfflineNetwork, api: StubApi
) -> None:
    cluster.ctl("start")
    before = len(heard(network, api))
    texts = {number: long_text(number) for number in range(SENT)}
    digests = {number: hashlib.sha256(text.encode()).hexdigest() for number, text in texts.items()}

    def send_all(agent: int) -> dict[int, str]:
        """Every third text to this agent, one after the other; the answers, which say what arrived."""
        return {
            number: cluster.run(
                "send", NAMES[agent], "-", "--wait", "--timeout", "120", input=texts[number], stdin=None
            ).stdout.strip()
            for number in range(agent, SENT, len(NAMES))
        }

    with ThreadPoolExecutor(len(NAMES)) as hands:
        answers = {number: answer for each in hands.map(send_all, range(len(NAMES))) for number, answer in each.items()}
    assert answers == digests
    assert sorted(heard(network, api)[before:]) == sorted(digests.values())


def test_a_dialog_is_not_approved_by_what_is_sent_while_it_is_up(cluster: ClaudeCluster) -> None:
    cluster.ctl("start", BOSS)
    asked = sent(cluster, BOSS, "use tool touch made")
    cluster.wait_for("waiting", BOSS)
    others = [sent(cluster, BOSS, f"reply number {number}") for number in range(3)]
    assert [message(cluster, id_)["state"] for id_ in (asked, *others)] == ["accepted", "queued", "queued", "queued"]
    press(cluster, BOSS, "Escape")
    assert [ended(cluster, id_)["answer"] for id_ in others] == ["number 0", "number 1", "number 2"]
    assert ended(cluster, asked)["state"] == "failed"
    assert not (cluster.folder / "work" / "made").exists()


def test_a_turn_that_ends_without_an_answer_fails_its_message_with_the_reason(cluster: ClaudeCluster) -> None:
    cluster.ctl("start", BOSS)
    for status in (400, 429, 500):
        failed = ended(cluster, sent(cluster, BOSS, f"status {status}"))
        assert (failed["state"], str(status) in failed["reason"]) == ("failed", True), failed

    waiting = sent(cluster, BOSS, "wait 60")
    until(lambda: message(cluster, waiting)["state"] == "accepted")
    cluster.wait_for("working", BOSS)
    press(cluster, BOSS, "Escape")
    cancelled = ended(cluster, waiting)
    assert (cancelled["state"], "cancelled" in cancelled["reason"]) == ("failed", True), cancelled["reason"]

    # The CLI puts the text of a cancelled turn back into its box. It is a human's now, and nothing is typed over it.
    later = sent(cluster, BOSS, "reply all is well")
    until(lambda: "wait 60" in cluster.screen(BOSS))
    assert message(cluster, later)["state"] == "queued"
    press(cluster, BOSS, "C-c")
    assert ended(cluster, later)["answer"] == "all is well"


def test_a_question_goes_down_through_their_own_tools_and_the_answer_comes_back_up(cluster: ClaudeCluster) -> None:
    cluster.ctl("start")
    down = asking(MANAGER, asking(SPECIALIST, "reply 井戸の深さは12メートルです。"))
    answer = cluster.ctl("send", BOSS, down, "--wait", "--timeout", "120")
    assert answer.startswith("It said: ")
    assert "井戸の深さは12メートルです。" in answer
    told = [(each["from"], each["to"], each["state"]) for each in messages(cluster)]
    assert told == [
        ("operator", BOSS, "answered"),
        (BOSS, MANAGER, "answered"),
        (MANAGER, SPECIALIST, "answered"),
    ]


def asking(whom: str, text: str) -> str:
    """What makes an agent ask another one."""
    return f"call {ASK} {json.dumps({'to': whom, 'text': text}, ensure_ascii=False)}"
