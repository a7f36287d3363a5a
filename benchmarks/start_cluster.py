"""From `orchestratorctl start` to all stand-ins ready; beside it, the same ones started one after another."""

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.peers.orchestratord import Orchestratord
from benchmarks.report import print_ratios

ROUNDS = 5


def ours(count: int) -> float:
    with (
        tempfile.TemporaryDirectory(prefix="orc-bench-", dir="/tmp") as folder,
        Orchestratord(Path(folder), [], count) as daemon,
    ):
        before = time.monotonic()
        daemon.start()
        took = time.monotonic() - before
        states = {agent["state"] for agent in json.loads(daemon.control("status", "-o", "json").stdout)["agents"]}
        assert states == {"idle"}, states
        return took


def by_hand(count: int) -> float:
    """What a script would do: one pane after another, each waited for until its prompt box stands."""
    with tempfile.TemporaryDirectory(prefix="orc-bench-", dir="/tmp") as folder:
        tmux = ["tmux", "-S", f"{folder}/t.sock", "-f", "/dev/null"]
        standin = [sys.executable, "-m", "orchestratord.standin"]
        before = time.monotonic()
        subprocess.run([*tmux, "new-session", "-d", "-s", "bench", "-x", "242", "-y", "65", "sleep", "60"], check=True)
        for number in range(count):
            subprocess.run([*tmux, "new-window", "-d", "-t", f"bench:{number + 1}", *standin], check=True)
            while True:
                screen = subprocess.run(
                    [*tmux, "capture-pane", "-p", "-t", f"bench:{number + 1}"], capture_output=True, text=True
                ).stdout
                if "❯" in screen:
                    break
                time.sleep(0.005)
        took = time.monotonic() - before
        subprocess.run([*tmux, "kill-server"], check=True)
        return took


def main() -> None:
    for count in (5, 50):
        figures = {
            "orchestratord": [ours(count) for _ in range(ROUNDS)],
            "by hand": [by_hand(count) for _ in range(2)],
        }
        print_ratios(f"From start to {count} stand-ins ready", "s", figures)


if __name__ == "__main__":
    main()
