"""When a program begins to run: told by the kernel at its exec, so that looking costs nobody any time.

The kernel's process events (linux/cn_proc.h, needs root) carry the moment on the monotonic clock.
"""

import os
import socket
import struct
import time
from pathlib import Path
from typing import Final, Self

_CONNECTOR: Final = 11
"""NETLINK_CONNECTOR."""
_PROCESS_EVENTS: Final = (1, 1)
"""CN_IDX_PROC and CN_VAL_PROC: which of the connector's subjects."""
_LISTEN: Final = 1
_FORK: Final = 1
_EXEC: Final = 2
_HEADERS: Final = 36
"""Bytes of the netlink and connector headers before an event."""


class ProcessWatch:
    """Listens from its making on; ``with`` ends it."""

    def __init__(self) -> None:
        self._socket = socket.socket(socket.AF_NETLINK, socket.SOCK_DGRAM, _CONNECTOR)
        self._socket.settimeout(30)
        self._socket.bind((0, _PROCESS_EVENTS[0]))
        body = struct.pack("=IIIIHHI", *_PROCESS_EVENTS, 0, 0, 4, 0, _LISTEN)
        self._socket.send(struct.pack("=IHHII", 16 + len(body), 3, 0, 0, os.getpid()) + body)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self._socket.close()

    def next_start(self, argv: list[str]) -> float:
        """The monotonic time of the next exec of exactly this command; TimeoutError after 30 s without any."""
        while True:
            message = self._socket.recv(4096)
            what, _, nanoseconds, pid = struct.unpack_from("=IIQI", message, _HEADERS)
            if what == _EXEC and runs(pid, argv):
                return float(nanoseconds) / 1e9

    def forks_of(self, pid: int, seconds: float) -> int:
        """How many processes (threads do not count) that process makes in so many seconds."""
        made, end = 0, time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            self._socket.settimeout(left)
            try:
                message = self._socket.recv(4096)
            except TimeoutError:
                break
            what, _, _, _, parent, _, child = struct.unpack_from("=IIQIIII", message, _HEADERS)
            made += what == _FORK and parent == pid and child != parent
        return made


def runs(pid: int, argv: list[str]) -> bool:
    """Whether the process runs exactly this command."""
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False
    return words == b"\0".join(os.fsencode(word) for word in argv) + b"\0"


def pids_of(argv: list[str]) -> set[int]:
    """The processes that run exactly this command."""
    return {int(name) for name in os.listdir("/proc") if name.isdigit() and runs(int(name), argv)}
