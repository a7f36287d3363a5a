"""Messages under everything that goes wrong at once: each comes to one end, arrives at most once, and unaltered."""

import contextlib
import hashlib
import json
import os
import random
import signal
import socket
from collections import Counter
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.daemon.conftest import MakeDaemon, make_daemon
from tests.running import RunningDaemon, standins
from tests.wait import until

__all__ = ["make_daemon"]

ENDS = {"answered", "failed", "expired"}
FINAL = {*ENDS, "dead", "cancelled"}
TROUBLE = "enter=0.1 paste=0.03 ask=0.03 draft=0.05 crash=0.01"
RESTART = {"policy": "always", "backoff": "50ms", "backoff_max": "100ms", "burst": 10_000, "stable_after": "1s"}
NAMES = ("anna", "ben", "carla", "dora", "emil")


def texts(count: int, seed: int) -> Iterator[str]:
    """Short ones, long ones, many lines, in two scripts; no two the same."""
    chance = random.Random(seed)
    for number in range(count):
        kind = chance.randrange(4)
        body = ("say ok", "say one\ntwo", "say " + "作業を続けてください。" * 30, "say\n" + "a line, 一行 🎉\n" * 40)[
            kind
        ]
        yield f"{body} number {number}"


class Chaos:
    """A cluster in trouble, the messages sent to it, and what its agents wrote down."""

    def __init__(self, make: MakeDaemon, folder: Path, count: int, seed: int) -> None:
        self.record = folder / "record"
        self.record.touch()
        trouble = {"STANDIN_TROUBLE": TROUBLE, "STANDIN_RECORD": str(self.record)}
        self.daemon: RunningDaemon = make(
            standins(*NAMES, env=trouble, restart=RESTART), messages={"max_attempts": 1000, "expire_after": "1h"}
        )
        self.chance = random.Random(seed)
        self.texts = list(texts(count, seed))
        self.sent: dict[str, str] = {}
        self.daemon.start()
        self.daemon.ctl("start")

    def call(self, method: str, **params: Any) -> Any:
        """Ask the daemon, and ask again where it was killed before it answered."""
        line = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).encode() + b"\n"

        def answer() -> Any:
            try:
                with socket.socket(socket.AF_UNIX) as door:
                    door.settimeout(30)
                    door.connect(str(self.daemon.socket))
                    door.sendall(line)
                    return json.loads(door.makefile("rb").readline() or "null")
            except (OSError, ValueError):
                return None

        return until(answer, what=method)["result"]

    def send(self, count: int) -> None:
        """So many of the texts that were not sent yet; the key makes two tries one message."""
        for _ in range(min(count, len(self.texts) - len(self.sent))):
            number = len(self.sent)
            answer = self.call("send", to=NAMES[number % len(NAMES)], text=self.texts[number], key=f"key-{number}")
            self.sent[answer["messages"][0]["id"]] = self.texts[number]

    def unfinished(self) -> int:
        """How many have not come to an end."""
        return len(self.call("messages", state=["queued", "typed", "submitted", "accepted"], limit=1000)["messages"])

    def wait_for_less_than(self, count: int) -> None:
        """Wait until fewer are unfinished."""
        until(lambda: self.unfinished() < count, within=600, what=f"less than {count} unfinished")

    def kill_daemon(self) -> None:
        """At once, and start the next one."""
        self.daemon.end(signal.SIGKILL)
        self.daemon.start()

    def kill_agent(self) -> None:
        """One that runs, whatever it is at."""
        pids = until(lambda: list(self.daemon.pids().values()), what="an agent that runs")
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.chance.choice(pids), signal.SIGKILL)

    def kill_tmux(self) -> None:
        """The server with every agent in it, and wait for the next one."""
        before = set(self.daemon.pids().values())
        self.daemon.tmux("kill-server")
        until(
            lambda: before.isdisjoint(self.daemon.pids().values()) and len(self.daemon.pids()) == len(NAMES), within=120
        )

    def check(self) -> Counter[str]:
        """Each has come to one end, with a reason; the agents got them unaltered, once, and nothing else happened."""
        told = [event["data"] for event in self.daemon.events("--all") if event["kind"].startswith("message.")]
        ended = [data for data in told if data["state"] in FINAL]
        assert Counter(data["id"] for data in ended) == Counter(list(self.sent)), "one end each"
        assert {data["state"] for data in ended} <= ENDS
        assert all(data["reason"] for data in ended if data["state"] != "answered")
        lines = [line.split(" ", 1) for line in self.record.read_text().splitlines()]
        assert {what for what, _ in lines} == {"received"}, "no dialog answered, no draft sent"
        received = Counter(what for _, what in lines)
        hashes = {id_: hashlib.sha256(text.encode()).hexdigest() for id_, text in self.sent.items()}
        assert received.keys() <= set(hashes.values()), "no text altered"
        assert set(received.values()) <= {1}, "none came twice"
        answered = [data["id"] for data in ended if data["state"] == "answered"]
        assert [id_ for id_ in answered if not received[hashes[id_]]] == [], "answered without having come"
        return Counter(data["state"] for data in ended)


def survive(chaos: Chaos, *, kills: int, each: int, tmux_kills: Collection[int] = ()) -> Counter[str]:
    """Send so many before each kill of the daemon and of an agent, and in these rounds of the tmux server too."""
    for kill in range(kills):
        chaos.send(each)
        chaos.wait_for_less_than(chaos.chance.randrange(each // 5, each))
        if kill in tmux_kills:
            chaos.kill_tmux()
        chaos.kill_agent()
        chaos.kill_daemon()
    chaos.wait_for_less_than(1)
    return chaos.check()


def test_a_hundred_messages_survive_two_kills_of_the_daemon(make_daemon: MakeDaemon, place: Path) -> None:
    ends = survive(Chaos(make_daemon, place, count=100, seed=1), kills=2, each=50)
    assert ends["answered"] > 80, ends


@pytest.mark.load
@pytest.mark.timeout(3600)
def test_two_thousand_messages_survive_twenty_kills_of_the_daemon_and_two_of_tmux(
    make_daemon: MakeDaemon, place: Path
) -> None:
    ends = survive(Chaos(make_daemon, place, count=2000, seed=2), kills=20, each=100, tmux_kills={6, 13})
    assert ends["answered"] > 1800, ends
