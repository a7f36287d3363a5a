"""The main job with real Claude Code: three at once, offline, run by the daemon."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.agents.claude_cluster import ClaudeCluster
from tests.agents.offline import OfflineNetwork, StubApi
from tests.wait import until

pytestmark = [pytest.mark.agents, pytest.mark.timeout(600)]

NAMES = ("anna", "ben", "carla")


@pytest.fixture
def cluster(
    place: Path, free_port: int, claude: Path, network: OfflineNetwork, api: StubApi
) -> Iterator[ClaudeCluster]:
    daemon = ClaudeCluster(place, free_port, claude, network, api, *NAMES)
    daemon.start()
    yield daemon
    daemon.clean()


def test_three_start_answer_come_back_from_a_kill_outlive_the_daemon_and_stop_whole(
    cluster: ClaudeCluster,
) -> None:
    cluster.ctl("start")
    assert cluster.in_state("idle", *NAMES)
    pids = cluster.pids()
    assert len(set(pids.values())) == len(NAMES)

    for name in NAMES:
        cluster.answer(name, f"reply The harvest of {name} is in.", f"The harvest of {name} is in.")

    # kill -9: another process, the same conversation.
    session = cluster.agents()["anna"]["session_id"]
    until(lambda: '"assistant"' in cluster.transcript(session))
    os.kill(pids["anna"], signal.SIGKILL)
    until(lambda: cluster.pids().get("anna") not in {None, pids["anna"]} and cluster.in_state("idle", "anna"))
    assert cluster.agents()["anna"]["session_id"] == session
    cluster.answer("anna", "recall", "You said: reply The harvest of anna is in.")

    # The daemon's end, politely and not: the same processes.
    pids = cluster.pids()
    for how in (signal.SIGTERM, signal.SIGKILL):
        cluster.end(how)
        cluster.start()
        until(lambda: cluster.pids() == pids, what="the same pids adopted")
        cluster.wait_for("idle", *NAMES)
    cluster.answer("ben", "recall", "You said: reply The harvest of ben is in.")

    trees = [process for pid in pids.values() for process in family(pid)]
    cluster.ctl("stop", "--yes")
    assert cluster.in_state("stopped", *NAMES)
    assert not [process for process in trees if process.is_running()]


def test_work_a_dialog_and_a_cancelled_turn_are_seen_and_never_restart_anything(cluster: ClaudeCluster) -> None:
    cluster.ctl("start", "anna")
    pid = cluster.pids()["anna"]
    cluster.type("anna", "wait 30")
    cluster.wait_for("working", "anna")
    cluster.tmux("send-keys", "-t", cluster.agents()["anna"]["pane"], "Escape")
    cluster.wait_for("idle", "anna")
    cluster.tmux("send-keys", "-t", cluster.agents()["anna"]["pane"], "C-u")
    until(lambda: "❯ wait 30" not in cluster.screen("anna"))
    cluster.type("anna", "use tool touch made")
    cluster.wait_for("waiting", "anna")
    cluster.tmux("send-keys", "-t", cluster.agents()["anna"]["pane"], "Enter")
    cluster.wait_for("idle", "anna")
    assert (cluster.folder / "work" / "made").exists()
    assert cluster.pids()["anna"] == pid
    cluster.ctl("shutdown", "--yes")


def family(pid: int) -> list[psutil.Process]:
    """A process and everything below it."""
    root = psutil.Process(pid)
    return [root, *root.children(recursive=True)]
