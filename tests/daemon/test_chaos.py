"""kill -9 of the daemon at random moments under work: agents live on, and the journal neither loses nor doubles."""

import os
import random
import signal
import threading
from typing import Any

import pytest

from tests.daemon.conftest import MakeDaemon
from tests.running import RunningDaemon, standins
from tests.wait import until


def kill_at_random_moments(daemon: RunningDaemon, kills: int, seed: int) -> None:
    """Kill and start the daemon again and again, while prompts keep the agents at work."""
    chance = random.Random(seed)
    pids = daemon.pids()
    panes = [agent["pane"] for agent in daemon.agents().values()]
    over = threading.Event()

    def keep_them_busy() -> None:
        while not over.wait(chance.uniform(0.05, 0.3)):
            pane = chance.choice(panes)
            daemon.tmux("send-keys", "-t", pane, "-l", "say on we go")
            daemon.tmux("send-keys", "-t", pane, "Enter")

    worker = threading.Thread(target=keep_them_busy)
    worker.start()
    seen: dict[int, dict[str, Any]] = {}
    try:
        for _ in range(kills):
            over.wait(chance.uniform(0.0, 0.4))
            daemon.end(signal.SIGKILL)
            for pid in pids.values():
                os.kill(pid, 0)
            daemon.start()
            until(lambda: daemon.pids() == pids, what="the same pids adopted")
            for event in daemon.events():
                assert seen.setdefault(event["seq"], event) == event, "an event that was read once never changes"
    finally:
        over.set()
        worker.join()


def check(make_daemon: MakeDaemon, kills: int) -> None:
    daemon = make_daemon(standins("anna", "ben", "carla"))
    daemon.start()
    daemon.ctl("start")
    kill_at_random_moments(daemon, kills, seed=kills)
    events = daemon.events("--all")
    numbers = [event["seq"] for event in events]
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers))), "contiguous, none lost or doubled"
    assert [event["kind"] for event in events].count("agent.starting") == 3
    assert [event["kind"] for event in events].count("agent.adopted") == 3 * kills


def test_agents_and_journal_survive_ten_kills_of_the_daemon(make_daemon: MakeDaemon) -> None:
    check(make_daemon, 10)


@pytest.mark.load
@pytest.mark.timeout(900)
def test_agents_and_journal_survive_a_hundred_kills_of_the_daemon(make_daemon: MakeDaemon) -> None:
    check(make_daemon, 100)
