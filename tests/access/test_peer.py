"""What the kernel says about real processes at the other end."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from orchestratord.access import peer
from orchestratord.access.peer import Peer
from orchestratord.errors import NotPermitted
from orchestratord.processes.identity import ProcessId
from tests.wait import until

CONNECT = "import socket,sys; s = socket.socket(socket.AF_UNIX); s.connect(sys.argv[1]); "
STAY = CONNECT + "s.recv(1)"


@pytest.fixture
def listener(place: Path) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(place / "s"))
        listening.listen()
        yield listening


def look_at(listener: socket.socket, program: list[str], **env: str) -> Peer:
    """Run a program that connects and stays; what is seen of it."""
    argv = [*program, sys.executable, "-c", STAY, listener.getsockname()]
    with subprocess.Popen(argv, env={**os.environ, **env}, stdout=subprocess.DEVNULL) as process:
        connected, _ = listener.accept()
        with connected:
            seen = peer.read(connected)
            connected.sendall(b".")
        assert process.wait(30) == 0
    return seen


def test_a_child_is_seen_with_its_lineage_groups_and_launch(listener: socket.socket) -> None:
    seen = look_at(listener, [], ORCHESTRATOR_LAUNCH="l1")
    own = ProcessId.of(os.getpid())
    assert own in seen.lineage[1:]
    assert seen.pid == seen.lineage[0].pid != os.getpid()
    assert seen.uid == os.getuid()
    assert seen.groups >= {os.getgid(), *os.getgroups()}
    assert "l1" in seen.launches
    assert seen.session == os.getsid(0)


def test_a_launch_id_that_was_wiped_is_still_found_in_an_ancestor(listener: socket.socket) -> None:
    inner = f"exec {sys.executable} -c '{STAY}' {listener.getsockname()}"
    shell = ["/bin/sh", "-c", f'env -i /bin/sh -c "{inner}"; :']
    with subprocess.Popen(shell, env={**os.environ, "ORCHESTRATOR_LAUNCH": "l2"}) as process:
        connected, _ = listener.accept()
        with connected:
            seen = peer.read(connected)
            connected.sendall(b".")
        assert process.wait(30) == 0
    assert "l2" in seen.launches


def test_an_orphan_has_left_its_lineage_but_not_its_session(listener: socket.socket) -> None:
    leader = f"({sys.executable} -c '{STAY}' {listener.getsockname()} &)"
    with subprocess.Popen(["/bin/sh", "-c", leader], start_new_session=True) as process:
        assert process.wait(30) == 0
        connected, _ = listener.accept()
    with connected:
        seen = peer.read(connected)
        connected.sendall(b".")
    assert process.pid not in {ancestor.pid for ancestor in seen.lineage}
    assert seen.session == process.pid
    until(lambda: not seen.lineage[0].alive())


def test_a_process_that_has_ended_is_refused_for_it_could_be_anybody(listener: socket.socket) -> None:
    argv = [sys.executable, "-c", CONNECT, listener.getsockname()]
    assert subprocess.run(argv, check=False, timeout=30).returncode == 0
    connected, _ = listener.accept()
    with connected, pytest.raises(NotPermitted, match="ended"):
        peer.read(connected)


class _OlderKernel:
    """A socket as a kernel without the newer questions has it."""

    def __init__(self, real: socket.socket, *unknown: int) -> None:
        self._real = real
        self._unknown = unknown

    def getsockopt(self, level: int, optname: int, buflen: int, /) -> bytes:
        if optname in self._unknown:
            raise OSError(92, "Protocol not available")
        return self._real.getsockopt(level, optname, buflen)


def test_an_older_kernel_tells_the_same_through_proc() -> None:
    here, there = socket.socketpair()
    with here, there:
        assert peer.read(_OlderKernel(here, 59, 77)) == peer.read(here)


def test_a_process_outside_our_pid_namespace_is_refused() -> None:
    class Outside:
        def getsockopt(self, _level: int, _optname: int, _buflen: int, /) -> bytes:
            return bytes(12)

    with pytest.raises(NotPermitted, match="namespace"):
        peer.read(Outside())
