"""Messages: how long one takes to an idle agent, and what a thousand cost the daemon, beside naive typing."""

import json
import os
import resource
import socket
import statistics
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psutil

from benchmarks.peers.naive_typing import type_into
from benchmarks.peers.orchestratord import Orchestratord
from tests.wait import until

ONE_BY_ONE = 100
AGENTS = 50
MESSAGES = 1000
UNFINISHED = ["queued", "typed", "submitted", "accepted"]


class Door:
    """One connection to the daemon's socket."""

    def __init__(self, path: Path) -> None:
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.connect(str(path))
        self._lines = self._socket.makefile("rb")

    def call(self, method: str, **params: Any) -> Any:  # noqa: ANN401  # JSON, whatever it is
        request = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
        self._socket.sendall(json.dumps(request).encode() + b"\n")
        return json.loads(self._lines.readline())["result"]


def ages(cluster: Orchestratord, state: str) -> list[float]:
    """Milliseconds from queued to that state, of every message."""
    listed = cluster.control("events", "--all", "-o", "jsonl").stdout.splitlines()
    events = [json.loads(line) for line in listed]
    return [event["data"]["age"] * 1000 for event in events if event["kind"] == f"message.{state}"]


def print_times(title: str, times: list[float]) -> None:
    p95 = statistics.quantiles(times, n=20)[-1]
    print(f"  {title:<36} median {statistics.median(times):>8.1f} ms   p95 {p95:>8.1f} ms   most {max(times):>8.1f} ms")


def panes(cluster: Orchestratord) -> list[str]:
    return [agent["pane"] for agent in json.loads(cluster.control("status", "-o", "json").stdout)["agents"]]


def one_by_one(folder: Path) -> None:
    with Orchestratord(folder, [], 1) as cluster:
        cluster.start()
        door = Door(folder / "ctl.sock")
        for number in range(ONE_BY_ONE):
            door.call("send", to="agent0", text=f"say {number}")
            until(lambda: not door.call("messages", state=UNFINISHED)["messages"], what="an answer")
        [pane] = panes(cluster)
        naive = [type_into(folder / "tmux.sock", pane, f"say {number}") * 1000 for number in range(20)]
        print(f"\nOne message at a time to an idle agent (load {os.getloadavg()[0]:.1f})")
        print_times("ours, send to Enter", ages(cluster, "submitted"))
        print_times("ours, send to taken by the agent", ages(cluster, "accepted"))
        print_times("naive typing, to Enter, unconfirmed", naive)


def many(folder: Path) -> None:
    with Orchestratord(folder, [], AGENTS) as cluster:
        cluster.start()
        door, daemon = Door(folder / "ctl.sock"), psutil.Process(cluster.pid)
        before, begun = daemon.cpu_times(), time.monotonic()
        for number in range(MESSAGES):
            door.call("send", to=f"agent{number % AGENTS}", text=f"say {number}")
        until(lambda: not door.call("messages", state=UNFINISHED, limit=1)["messages"], within=600, what="all answers")
        took, after = time.monotonic() - begun, daemon.cpu_times()
        ours = after.user + after.system - before.user - before.system
        answered = len(ages(cluster, "answered"))
        where = panes(cluster)
        used, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
        with ThreadPoolExecutor(AGENTS) as typists:
            list(typists.map(lambda n: type_into(folder / "tmux.sock", where[n % AGENTS], f"say {n}"), range(MESSAGES)))
        naive_took, spent = time.monotonic() - begun, resource.getrusage(resource.RUSAGE_CHILDREN)
        naive = spent.ru_utime + spent.ru_stime - used.ru_utime - used.ru_stime
        print(f"\n{MESSAGES} messages over {AGENTS} agents (load {os.getloadavg()[0]:.1f})")
        print(f"  ours: {answered} answered in {took:.1f} s, {MESSAGES / took:.0f} a second")
        print(
            f"        {ours / took * 100:.1f} % of a core, {ours / MESSAGES * 1000:.2f} ms of CPU a message, all told"
        )
        print(f"  naive typing: {naive_took:.1f} s, {naive / MESSAGES * 1000:.2f} ms of CPU a message for typing alone")


def main() -> None:
    for part in (one_by_one, many):
        with tempfile.TemporaryDirectory(prefix="orc-bench-", dir="/tmp") as folder:
            part(Path(folder))


if __name__ == "__main__":
    main()
