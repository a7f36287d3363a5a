"""A real Unix socket that answers as it was told to, and remembers what it was asked."""

import json
import socketserver
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

__all__ = ["AGENTS", "Script", "ScriptedDaemon", "Wire", "agent", "answer", "refuse"]


class Wire:
    """One request, and the way back to whoever sent it."""

    def __init__(self, handler: socketserver.StreamRequestHandler, request: Mapping[str, Any]) -> None:
        self._handler = handler
        self._id = request["id"]
        self.params: dict[str, Any] = request["params"]

    def answer(self, result: object) -> None:
        self.send({"jsonrpc": "2.0", "id": self._id, "result": result})

    def notify(self, method: str, params: object) -> None:
        self.send({"jsonrpc": "2.0", "method": method, "params": params})

    def refuse(self, code: str, exit_status: int, message: str = "so it is", hint: str = "do this") -> None:
        data = {"code": code, "hint": hint, "request_id": "req1", "exit_status": exit_status}
        self.send({"jsonrpc": "2.0", "id": self._id, "error": {"code": -32000, "message": message, "data": data}})

    def send(self, message: object) -> None:
        self.raw(json.dumps(message).encode() + b"\n")

    def raw(self, content: bytes) -> None:
        self._handler.wfile.write(content)

    def wait_until_it_leaves(self) -> None:
        self._handler.rfile.read()

    def hang_up(self) -> None:
        self._handler.finish()
        raise _HangUp


class _HangUp(Exception):
    """The connection is over."""


Script = Callable[[Wire], None]


def answer(result: object) -> Script:
    """Answer with this, whatever is asked."""
    return lambda wire: wire.answer(result)


def refuse(code: str, exit_status: int, **words: str) -> Script:
    """Refuse, whatever is asked."""
    return lambda wire: wire.refuse(code, exit_status, **words)


def agent(name: str, state: str = "idle", **more: object) -> dict[str, Any]:
    """How the daemon shows an agent."""
    running = state not in {"stopped", "failed", "backoff"}
    pid = 4711 if running else None
    return {"name": name, "role": "worker", "state": state, "running": running, "pid": pid, "pane": "%1"} | more


AGENTS = {"agents": [agent("anna", "working"), agent("ben", "stopped")]}


class _Handler(socketserver.StreamRequestHandler):
    server: "_Server"

    def handle(self) -> None:
        try:
            for line in self.rfile:
                request = json.loads(line)
                self.server.asked.append((request["method"], request["params"]))
                self.server.scripts[request["method"]](Wire(self, request))
        except (_HangUp, BrokenPipeError, ConnectionResetError):
            return


class _Server(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True

    def __init__(self, path: Path, scripts: Mapping[str, Script]) -> None:
        super().__init__(str(path), _Handler)
        self.scripts = scripts
        self.asked: list[tuple[str, dict[str, Any]]] = []


class ScriptedDaemon:
    """Listens for as long as the context lasts; what is not scripted has the client hung up on."""

    def __init__(self, path: Path, **scripts: Script) -> None:
        """Verbs with a dot are written with two underscores: ``token__create``."""
        self.path = path
        self._server = _Server(path, {name.replace("__", "."): script for name, script in scripts.items()})
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.005})

    @property
    def asked(self) -> list[tuple[str, dict[str, Any]]]:
        """Every request so far: its verb and its parameters."""
        return self._server.asked

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
        self.path.unlink(missing_ok=True)
