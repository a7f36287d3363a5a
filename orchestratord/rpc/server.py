"""The Unix socket as a whole: opened with the house it serves, closed with every connection gone."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from orchestratord.access import peer
from orchestratord.access.admission import Owner, Resident, admit
from orchestratord.access.role import Caller
from orchestratord.errors import Busy, NotPermitted, OrchestratorError, Unavailable
from orchestratord.rpc import protocol
from orchestratord.rpc.connection import Connection
from orchestratord.rpc.endpoint import Endpoint
from orchestratord.rpc.limits import Limits, Shared
from orchestratord.rpc.lines import CHUNK
from orchestratord.verbs.house import House

__all__ = ["Server"]


class Server:
    """JSON-RPC over ``house`` on the socket ``path``, whose rights are the house's ``places.socket_mode``."""

    def __init__(self, house: House, path: Path, limits: Limits | None = None) -> None:
        self._house = house
        self._path = path
        self._limits = limits or Limits()
        self._shared = Shared(self._limits)
        self._connections: dict[asyncio.Task[None], Connection | None] = {}
        self._agents = 0
        self._strangers = 0
        self._next_note = 0.0
        self._owner: Owner | None = None
        self._endpoint: Endpoint | None = None
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        """Bind and serve. Raises LockHeld (another daemon serves this path) or Unavailable."""
        self._owner = await asyncio.to_thread(Owner.of_this_process)
        self._endpoint = await asyncio.to_thread(Endpoint.open, self._path, self._house.places.socket_mode)
        self._server = await asyncio.start_unix_server(self._welcome, sock=self._endpoint.socket, limit=CHUNK)

    async def close(self) -> None:
        """Stop accepting, tell the clients, let their calls end for a moment, then end them. Safe to call twice."""
        if self._server is None or self._endpoint is None:
            return
        self._server.close()
        self._server = None
        for connection in self._connections.values():
            if connection is not None:
                connection.cut_off(Unavailable("the daemon is stopping"))
        await self._ended()
        await asyncio.to_thread(self._endpoint.close)

    async def _ended(self) -> None:
        tasks = list(self._connections)
        if not tasks:
            return
        _, late = await asyncio.wait(tasks, timeout=self._limits.closing)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    def _welcome(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._server is None or len(self._connections) >= self._limits.connections:
            _turn_away(writer, Busy("too many connections", hint="Close some, or try again in a moment."))
            return
        task = asyncio.create_task(self._serve(reader, writer))
        self._connections[task] = None
        task.add_done_callback(self._connections.pop)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            caller = await self._caller(writer)
            with self._counted(caller):
                connection = Connection(self._house, caller, (reader, writer), self._shared)
                self._connections[_this_task()] = connection
                await connection.serve()
        except OrchestratorError as refusal:
            _turn_away(writer, refusal)
        finally:
            writer.close()

    @contextmanager
    def _counted(self, caller: Caller) -> Iterator[None]:
        if caller.agent is None:
            yield
            return
        if self._agents >= self._limits.agents_connections:
            raise Busy("too many connections from agents", hint="Try again in a moment.")
        self._agents += 1
        try:
            yield
        finally:
            self._agents -= 1

    async def _caller(self, writer: asyncio.StreamWriter) -> Caller:
        assert self._owner is not None  # noqa: S101 (for the type checker: set before the first client comes)
        try:
            seen = await asyncio.to_thread(peer.read, writer.get_extra_info("socket"))
            caller = admit(seen, self._residents(), self._owner)
        except NotPermitted as refusal:
            self._note(refusal)
            raise
        if self._server is None:
            raise Unavailable("the daemon is stopping")
        return caller

    def _note(self, refusal: NotPermitted) -> None:
        """Journal that somebody was not let in; at most once a second, with how many it were."""
        self._strangers += 1
        now = asyncio.get_running_loop().time()
        if now < self._next_note:
            return
        self._house.journal.append(
            "operator.command",
            None,
            verb="connect",
            parameters={},
            caller=refusal.message,
            via="socket",
            outcome="refused",
            error=refusal.message,
            times=self._strangers,
        )
        self._strangers, self._next_note = 0, now + 1

    def _residents(self) -> Iterator[Resident]:
        for name, agent in self._house.cluster.agents.items():
            yield Resident(name, agent.process, agent.launch)


def _this_task() -> "asyncio.Task[None]":
    task = asyncio.current_task()
    assert task is not None  # noqa: S101 (for the type checker: a coroutine runs in a task)
    return task


def _turn_away(writer: asyncio.StreamWriter, error: OrchestratorError) -> None:
    """Say why and close; a new connection's buffer is empty, so this waits for nobody."""
    writer.write(protocol.failure(None, error, ""))
    writer.close()
