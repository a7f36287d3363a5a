"""What the kernel says about the process at the other end of a Unix socket."""

import errno
import os
import select
import socket
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final, Protocol

from orchestratord.errors import NotPermitted
from orchestratord.processes.identity import ProcessId, launch_of, parents

__all__ = ["Peer", "read"]

# asm-generic/socket.h; Python's socket module does not name them (SO_PEERPIDFD: Linux 6.5).
_SO_PEERGROUPS: Final = 59
_SO_PEERPIDFD: Final = 77

_MOST_OPTION_BYTES: Final = 1024  # what Python's getsockopt takes at the most: 256 groups


class _Socket(Protocol):
    """As much of a socket as is asked here; asyncio hands out less than a whole one."""

    def getsockopt(self, level: int, optname: int, buflen: int, /) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Peer:
    """A process that has connected, as it was then."""

    uid: int
    groups: frozenset[int]
    """Its group and supplementary groups, by number."""
    lineage: tuple[ProcessId, ...]
    """Itself, its parent, and so on up to init."""
    session: int | None
    """The pid of its session's leader. A pane's process leads the session of its pane, and a child that was orphaned
    on purpose leaves the lineage, but not the session."""
    launches: frozenset[str]
    """The launch ids in its environment and its ancestors'."""

    @property
    def pid(self) -> int:
        """Its process id."""
        return self.lineage[0].pid


def read(sock: _Socket) -> Peer:
    """Look at the other end; reads several files of /proc, so call it in a thread.

    Raises NotPermitted when the process has already ended, or lives where this daemon cannot see it: whoever cannot
    be looked at might be an agent that hides.
    """
    pid, uid, gid = struct.unpack("iII", sock.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))
    if pid <= 0:
        raise NotPermitted(
            "the calling process is not visible from here (another pid namespace), so it cannot be told who it is",
            hint="Call from the container or machine in which orchestratord runs.",
        )
    with _held(sock, pid) as alive:
        peer = _look(sock, pid, uid, gid)
        if peer is None or not alive():
            raise NotPermitted("the calling process ended before it could be told who it is")
    return peer


def _look(sock: _Socket, pid: int, uid: int, gid: int) -> Peer | None:
    own = ProcessId.of(pid)
    if own is None:
        return None
    above = [process for parent in parents(pid) if (process := ProcessId.of(parent))]
    launches = (launch_of(process.pid) for process in (own, *above))
    return Peer(
        uid=uid,
        groups=_groups(sock, pid) | {gid},
        lineage=(own, *(process for process in above if process != own)),
        session=_session(pid),
        launches=frozenset(launch for launch in launches if launch),
    )


def _groups(sock: _Socket, pid: int) -> frozenset[int]:
    try:
        packed = sock.getsockopt(socket.SOL_SOCKET, _SO_PEERGROUPS, _MOST_OPTION_BYTES)
    except OSError as fault:
        if fault.errno not in {errno.ERANGE, errno.ENOPROTOOPT, errno.EOPNOTSUPP}:
            raise
        return _groups_of_process(pid)
    return frozenset(struct.unpack(f"{len(packed) // 4}I", packed))


def _groups_of_process(pid: int) -> frozenset[int]:
    """The same from /proc: for more groups than the option tells, and kernels that have no such option."""
    try:
        with open(f"/proc/{pid}/status", encoding="ascii", errors="replace") as status:  # noqa: PTH123 (as in processes/: no Path for /proc)
            line = next((line for line in status if line.startswith("Groups:")), "")
    except OSError:
        return frozenset()
    return frozenset(int(group) for group in line.split()[1:])


def _session(pid: int) -> int | None:
    try:
        return os.getsid(pid)
    except OSError:
        return None


@contextmanager
def _held(sock: _Socket, pid: int) -> Iterator[Callable[[], bool]]:
    """Keep hold of the peer while it is looked at; what is yielded says whether it is still alive.

    With SO_PEERPIDFD the kernel hands over the very process that connected. Older kernels give a pid only: if that was
    used again between connecting and now, nobody can tell, and only a change from here on is noticed.
    """
    try:
        descriptor: int = struct.unpack("i", sock.getsockopt(socket.SOL_SOCKET, _SO_PEERPIDFD, 4))[0]
    except OSError as fault:
        if fault.errno not in {errno.ENOPROTOOPT, errno.EOPNOTSUPP}:
            raise NotPermitted("the calling process ended before it could be told who it is") from fault
        process = ProcessId.of(pid)
        yield lambda: process is not None and process.alive()
        return
    try:
        yield lambda: not _readable(descriptor)
    finally:
        os.close(descriptor)


def _readable(descriptor: int) -> bool:
    """A pidfd becomes readable when its process ends."""
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    return bool(poll.poll(0))
