"""One connection to the daemon: JSON-RPC 2.0, an object a line, over its Unix socket; the standard library alone."""

import contextlib
import json
import socket
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from orchestratorctl.faults import Fault, Refused, Unreachable

__all__ = ["LONG", "PROMPT", "Connection", "Silent"]

PROMPT: Final = 30.0
"""Seconds of silence after which a daemon that was only asked to look is given up."""
LONG: Final = 900.0
"""The same where agents are started or ended; any word of progress begins it anew."""
_CONNECT: Final = 5.0
_CHUNK: Final = 64 << 10
_LONGEST_LINE: Final = 64 << 20


class Silent(Unreachable):
    """The daemon took the connection and says nothing."""


def _unheard(_: Mapping[str, Any]) -> None:
    """Progress that nobody asked to see."""


class Connection:
    """Asks one thing after another. A context manager; not for several threads."""

    def __init__(self, path: Path) -> None:
        """Connect.

        Raises OSError as the kernel says it: FileNotFoundError, ConnectionRefusedError, PermissionError, TimeoutError.
        """
        self.path = path
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._buffer = bytearray()
        self._last_id = 0
        try:
            self._socket.settimeout(_CONNECT)
            self._socket.connect(str(path))
        except BaseException:
            self._socket.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._socket.close()

    def call(
        self,
        verb: str,
        parameters: Mapping[str, Any] | None = None,
        *,
        silence: float = PROMPT,
        progress: Callable[[Mapping[str, Any]], None] = _unheard,
    ) -> dict[str, Any]:
        """Ask for a verb and wait for its answer; ``progress`` hears the notifications before it.

        Raises Refused with the daemon's error, Silent after ``silence`` seconds without a word, Unreachable when
        the daemon hangs up.
        """
        self._last_id += 1
        request = {"jsonrpc": "2.0", "id": self._last_id, "method": verb, "params": dict(parameters or {})}
        self._send(request)
        while True:
            message = self._receive(silence)
            if message.get("method") == "progress":
                progress(_object(message.get("params")))
            elif "error" in message and message.get("id") in {None, self._last_id}:
                raise Refused.by_error(_object(message["error"]))
            elif message.get("id") == self._last_id:
                return _object(message.get("result"))

    def items(self) -> Iterator[dict[str, Any]]:
        """What comes after the answer to a verb that goes on, for as long as the daemon sends.

        Ends when the daemon says that nothing more comes. Raises Refused with its reason when it cuts us off.
        """
        while True:
            message = self._receive(None)
            if "error" in message:
                raise Refused.by_error(_object(message["error"]))
            if message.get("method") == "end":
                return
            if "method" in message:
                yield _object(message.get("params"))

    def hang_up(self) -> None:
        """From another thread: whoever waits here for a word hears that none will come (Unreachable)."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)

    def _send(self, request: Mapping[str, Any]) -> None:
        self._socket.settimeout(PROMPT)
        try:
            self._socket.sendall(json.dumps(request).encode() + b"\n")
        except TimeoutError as fault:
            raise self._silent(PROMPT) from fault
        except OSError:
            # It hung up; what it said before, such as why, can still be read.
            return

    def _receive(self, silence: float | None) -> dict[str, Any]:
        end = None if silence is None else time.monotonic() + silence
        while (cut := self._buffer.find(b"\n")) < 0:
            if len(self._buffer) > _LONGEST_LINE:
                raise Fault(f"the daemon at {self.path} sends a line without end")
            try:
                self._socket.settimeout(None if end is None else max(0.001, end - time.monotonic()))
                received = self._socket.recv(_CHUNK)
            except TimeoutError as fault:
                raise self._silent(silence or 0) from fault
            except ConnectionError as fault:
                raise self._gone() from fault
            if not received:
                raise self._gone()
            self._buffer += received
        line = bytes(self._buffer[:cut])
        del self._buffer[: cut + 1]
        try:
            message = _object(json.loads(line))
        except ValueError as fault:
            raise Fault(f"what answers at {self.path} is no orchestratord: it does not speak JSON") from fault
        if message.get("method") == "closed":
            raise Refused.by_farewell(_object(message.get("params")))
        return message

    def _silent(self, silence: float) -> Silent:
        return Silent(
            f"the daemon at {self.path} does not answer: {silence:g} seconds of silence",
            hint="It may be stopped (SIGSTOP) or stuck: see orchestrator.log, then restart it; the agents live on.",
        )

    def _gone(self) -> Unreachable:
        return Unreachable(
            f"the daemon at {self.path} hung up", hint="It has ended or restarted: orchestratorctl status shows it."
        )


def _object(value: object) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise Fault(f"the daemon answered something that is no object: {str(value)[:80]}")
    return value
