"""Telling the service manager how the daemon is (sd_notify(3)), without a library."""

import os
import socket
import time
from collections.abc import MutableMapping
from typing import Final, Self

__all__ = ["Notifier"]

_OURS: Final = ("NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID", "LISTEN_FDS", "LISTEN_PID", "LISTEN_FDNAMES")


class Notifier:
    """Sends one datagram a message; without a service manager every call does nothing.

    A manager that does not listen never stops or slows the daemon: what cannot be sent at once is dropped, and the
    next message says the newer truth anyway.
    """

    def __init__(self, address: str | None = None, *, watchdog: float | None = None) -> None:
        self._socket: socket.socket | None = None
        self._address = ""
        self.watchdog_interval = watchdog
        """Seconds within which systemd wants to hear :meth:`watchdog`; None when it does not watch."""
        if address:
            # "@" stands for the NUL byte that begins an abstract socket's name.
            self._address = "\0" + address[1:] if address.startswith("@") else address
            self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC | socket.SOCK_NONBLOCK)

    @classmethod
    def from_environment(cls, environ: MutableMapping[str, str] = os.environ) -> Self:
        """Take the manager's variables, out of the environment: none of them may reach an agent's pane."""
        taken = {name: environ.pop(name, "") for name in _OURS}
        watchdog = None
        # WATCHDOG_PID names the process that is meant when several share an environment.
        if taken["WATCHDOG_USEC"].isdigit() and taken["WATCHDOG_PID"] in {"", str(os.getpid())}:
            watchdog = int(taken["WATCHDOG_USEC"]) / 1e6 or None
        return cls(taken["NOTIFY_SOCKET"] or None, watchdog=watchdog)

    def ready(self, text: str = "") -> None:
        """Start-up, or a reload, is complete."""
        self._send("READY=1", *([_status(text)] if text else []))

    def status(self, text: str) -> None:
        """One line for ``systemctl status``."""
        self._send(_status(text))

    def reloading(self) -> None:
        """A reload begins; :meth:`ready` ends it."""
        self._send("RELOADING=1", f"MONOTONIC_USEC={time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000}")

    def stopping(self, text: str = "") -> None:
        """The daemon is on its way out."""
        self._send("STOPPING=1", *([_status(text)] if text else []))

    def watchdog(self) -> None:
        """Still alive: to be sent at least every half :attr:`watchdog_interval`, by what does the work itself."""
        self._send("WATCHDOG=1")

    def extend(self, seconds: float) -> None:
        """Ask for this much more time for the start or stop that is going on."""
        self._send(f"EXTEND_TIMEOUT_USEC={max(0, round(seconds * 1e6))}")

    def close(self) -> None:
        """Say nothing any more."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _send(self, *lines: str) -> None:
        if self._socket is None:
            return
        try:
            self._socket.sendto("\n".join(lines).encode("utf-8", "replace"), self._address)
        except OSError:
            # The manager restarts, or its queue is full: nothing the daemon could do better than go on.
            return


def _status(text: str) -> str:
    # A line break would begin another variable.
    return f"STATUS={' '.join(text.split())}"
