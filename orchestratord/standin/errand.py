"""Messages to other agents, through the daemon's socket, while keys are still read.

Who sends is told by the kernel: the socket's other end sees which pane we are in.
"""

import json
import os
import socket
import time
from collections.abc import Mapping
from typing import Any

from orchestratord.standin.session import new_id
from orchestratord.standin.turn import Talk

__all__ = ["Errand", "Errands"]

_PATIENCE = 600.0
_AGAIN_AFTER = 0.2
"""Seconds between two tries to reach a daemon that is away."""
_CONNECT = 5.0


class Errand:
    """One message to one agent; ``result`` is None until it is over, then the answer (without ``wait``: the id).

    A daemon that ends in the middle is asked again with the same key, which makes it the same message.
    """

    def __init__(self, to: str, text: str, *, wait: bool) -> None:
        self.to = to
        self.result: str | None = None
        self._text = text
        self._wait = wait
        self._key = new_id()
        self._path = os.environ.get("ORCHESTRATOR_SOCKET", "")
        self._ends = time.monotonic() + _PATIENCE
        self._socket: socket.socket | None = None
        self._rest = b""
        self._answers: list[str] = []
        self._again = 0.0
        self._begin()

    def fileno(self) -> int | None:
        """What becomes readable when there is something to hear; None while nobody is there to listen to."""
        return None if self._socket is None else self._socket.fileno()

    def due(self) -> float | None:
        """When (monotonic seconds) the daemon is to be looked for again."""
        return self._again if self._socket is None and self.result is None else None

    def hear(self) -> None:
        """Take what has come in."""
        if self._socket is None:
            return
        try:
            data = self._socket.recv(65536)
        except OSError:
            data = b""
        if not data:
            self._lost()
            return
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            self._take(json.loads(line))

    def pass_time(self, now: float) -> None:
        """Try again, if that is due."""
        again = self.due()
        if again is not None and now >= again:
            self._begin()

    def drop(self) -> None:
        """Wait no longer."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _begin(self) -> None:
        self._rest = b""
        self._answers = []
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            self._socket.settimeout(_CONNECT)
            self._socket.connect(self._path)
        except OSError:
            self._lost()
            return
        self._ask(1, "send", to=self.to, text=self._text, key=self._key)

    def _ask(self, number: int, verb: str, **parameters: object) -> None:
        request = {"jsonrpc": "2.0", "id": number, "method": verb, "params": parameters}
        try:
            if self._socket is not None:
                self._socket.sendall(json.dumps(request).encode() + b"\n")
        except OSError:
            self._lost()

    def _take(self, message: Mapping[str, Any]) -> None:
        if "error" in message:
            self._finish(f"(refused: {message['error'].get('message')})")
        elif message.get("id") == 1:
            ids = [each["id"] for each in message["result"]["messages"]]
            if self._wait:
                self._ask(2, "messages.wait", ids=ids, timeout=max(1.0, self._ends - time.monotonic()))
            else:
                self._finish(" ".join(ids))
        elif message.get("method") == "message":
            self._answers.append(_answer(message["params"]))
        elif message.get("method") == "end":
            self._finish("\n".join(self._answers))

    def _lost(self) -> None:
        self.drop()
        now = time.monotonic()
        self._again = now + _AGAIN_AFTER
        if not self._path or now >= self._ends:
            self.result = f"(no answer from {self.to}: no daemon)"

    def _finish(self, result: str) -> None:
        self.drop()
        self.result = result


def _answer(message: Mapping[str, Any]) -> str:
    """What was said, or in brackets why nothing was."""
    if message["answer"] is not None:
        return str(message["answer"])
    return f"(no answer from {message['to']}: {message['state']}{', ' if message['reason'] else ''}{message['reason']})"


class Errands:
    """What a turn wants to be said, and where its answers end up."""

    def __init__(self, talk: Talk) -> None:
        self._talk = talk
        self._all = [Errand(name, talk.text, wait=talk.wait) for name in talk.names]

    @property
    def over(self) -> bool:
        """Whether each has its result; then they are the talk's answers."""
        self._talk.answers = [errand.result for errand in self._all if errand.result is not None]
        return len(self._talk.answers) == len(self._all)

    def ears(self) -> list[int]:
        """What becomes readable when there is something to hear."""
        return [descriptor for errand in self._all if (descriptor := errand.fileno()) is not None]

    def hear(self, descriptor: int) -> None:
        """One of them has become so."""
        for errand in self._all:
            if errand.fileno() == descriptor:
                errand.hear()

    def due(self) -> list[float]:
        """When (monotonic seconds) to look for the daemon again."""
        return [again for errand in self._all if (again := errand.due()) is not None]

    def pass_time(self, now: float) -> None:
        """Do so, if it is time."""
        for errand in self._all:
            errand.pass_time(now)

    def drop(self) -> None:
        """Wait no longer; the messages live on."""
        for errand in self._all:
            errand.drop()
