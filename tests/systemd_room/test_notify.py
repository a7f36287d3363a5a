import os
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from orchestratord.systemd import Notifier


@pytest.fixture
def manager(place: Path) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(str(place / "notify"))
        listening.settimeout(30)
        yield listening


def _notifier(manager: socket.socket) -> Notifier:
    return Notifier.from_environment({"NOTIFY_SOCKET": manager.getsockname()})


async def test_every_message_is_one_datagram_in_the_managers_words(manager: socket.socket) -> None:
    notifier = _notifier(manager)
    before = time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000
    notifier.ready("5 agents\nMAINPID=1")
    notifier.status("待機")
    notifier.reloading()
    notifier.watchdog()
    notifier.extend(2.5)
    notifier.stopping()
    told = [manager.recv(4096).decode() for _ in range(6)]
    assert told[:2] == ["READY=1\nSTATUS=5 agents MAINPID=1", "STATUS=待機"]
    reloading, stamp = told[2].split("\nMONOTONIC_USEC=")
    assert reloading == "RELOADING=1"
    assert int(stamp) >= before
    assert told[3:] == ["WATCHDOG=1", "EXTEND_TIMEOUT_USEC=2500000", "STOPPING=1"]
    notifier.close()
    notifier.close()


def test_an_abstract_socket_is_reached() -> None:
    name = f"orchestratord-test-{os.getpid()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind("\0" + name)
        notifier = Notifier.from_environment({"NOTIFY_SOCKET": f"@{name}"})
        notifier.ready()
        assert listening.recv(100) == b"READY=1"
        notifier.close()


def test_nothing_of_the_managers_stays_in_the_environment() -> None:
    environ = {
        "NOTIFY_SOCKET": "/nowhere", "WATCHDOG_USEC": "30000000", "WATCHDOG_PID": str(os.getpid()),
        "LISTEN_FDS": "1", "LISTEN_PID": "2", "LISTEN_FDNAMES": "x", "PATH": "/bin",
    }  # fmt: skip
    notifier = Notifier.from_environment(environ)
    assert environ == {"PATH": "/bin"}
    assert notifier.watchdog_interval == 30.0
    notifier.close()


@pytest.mark.parametrize("environ", [{}, {"WATCHDOG_USEC": "1000", "WATCHDOG_PID": "1"}, {"WATCHDOG_USEC": "soon"}])
def test_what_is_not_meant_for_us_is_no_watchdog(environ: dict[str, str]) -> None:
    assert Notifier.from_environment(environ).watchdog_interval is None


async def test_without_a_manager_or_with_a_deaf_one_nothing_happens(manager: socket.socket) -> None:
    Notifier.from_environment({}).ready()
    gone = Notifier.from_environment({"NOTIFY_SOCKET": "/nowhere/at/all"})
    gone.ready()
    gone.close()
    notifier = _notifier(manager)
    # Far more than a socket's queue holds: a manager that hangs does not hang us.
    for _ in range(10_000):
        notifier.watchdog()
    notifier.close()
