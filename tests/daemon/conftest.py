"""The daemon as a process, made and cleaned a test."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.running import RunningDaemon, standins

MakeDaemon = Callable[..., RunningDaemon]


@pytest.fixture
def make_daemon(place: Path, free_port: int) -> Iterator[MakeDaemon]:
    """Make (not start) a daemon with these agents; without any: two stand-ins, anna and ben."""
    made: list[RunningDaemon] = []

    def make(agents: list[dict[str, Any]] | None = None, **sections: Any) -> RunningDaemon:
        daemon = RunningDaemon(place, free_port, standins("anna", "ben") if agents is None else agents, **sections)
        made.append(daemon)
        return daemon

    yield make
    for daemon in made:
        daemon.clean()


@pytest.fixture
def daemon(make_daemon: MakeDaemon) -> RunningDaemon:
    """A daemon that runs, with its two agents not started."""
    running = make_daemon()
    running.start()
    return running
