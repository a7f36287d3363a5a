"""One client of the socket: its requests in, its answers out, within its limits."""

import asyncio
import contextlib
import secrets
from collections.abc import Mapping

import structlog
from pydantic import JsonValue

from orchestratord.access.role import Caller
from orchestratord.errors import BadRequest, Busy, NotPermitted, OrchestratorError
from orchestratord.rpc import protocol
from orchestratord.rpc.limits import Shared
from orchestratord.rpc.lines import CHUNK, Line, Lines
from orchestratord.verbs.dispatch import perform
from orchestratord.verbs.house import House
from orchestratord.verbs.verb import Answer, Stream

__all__ = ["Connection"]

_log = structlog.get_logger(__name__)


class Connection:
    """Serves one client until it leaves, or is cut off with a last notification ``closed`` {code, message}.

    A client that has gone does not take back what it asked for: its calls are finished. Its streams end.
    """

    def __init__(
        self,
        house: House,
        caller: Caller,
        streams: tuple[asyncio.StreamReader, asyncio.StreamWriter],
        shared: Shared,
    ) -> None:
        self._house = house
        self._caller = caller
        self._reader, self._writer = streams
        self._writer.transport.set_write_buffer_limits(high=shared.limits.unread)
        self._shared = shared
        self._limits = shared.limits
        self._lines = Lines(self._reader, shared.limits, shared.large_lines)
        self._free = asyncio.Semaphore(shared.limits.in_flight)
        self._calls: set[asyncio.Task[None]] = set()
        self._streams: set[asyncio.Task[None]] = set()
        self._cut = asyncio.Event()
        self._more_to_come = False

    async def serve(self) -> None:
        """Until the client leaves or is cut off; returns when its last call has ended."""
        reading = asyncio.create_task(self._read())
        cut = asyncio.create_task(self._cut.wait())
        try:
            await asyncio.wait({reading, cut}, return_when=asyncio.FIRST_COMPLETED)
            await _end(reading, cut, *self._streams)
            await asyncio.gather(*self._calls, return_exceptions=True)
        finally:
            await _end(reading, cut, *self._calls)
            self._lines.close()
            await self._leave()

    def cut_off(self, error: OrchestratorError) -> None:
        """Stop reading from this client, tell it why, and let it go."""
        if not self._cut.is_set():
            self._write(protocol.notification("closed", {"code": error.code, "message": error.message}))
            self._cut.set()

    async def _read(self) -> None:
        try:
            while line := await self._lines.next():
                await self._free.acquire()
                call = asyncio.create_task(self._serve_line(line))
                self._calls.add(call)
                call.add_done_callback(self._calls.discard)
        except OrchestratorError as fault:
            self.cut_off(fault)
            self._more_to_come = True
        except protocol.Malformed as fault:
            self._write(protocol.malformed(fault))
            self._more_to_come = True
        except ConnectionError:
            return

    async def _serve_line(self, line: Line) -> None:
        try:
            if line.content.strip():
                await self._serve_request(protocol.parse(line.content))
        except protocol.Malformed as fault:
            await self._send(protocol.malformed(fault))
        finally:
            self._lines.done(line)
            self._free.release()

    async def _serve_request(self, request: protocol.Request) -> None:
        reference = secrets.token_hex(6)
        try:
            answer = await self._perform(request)
            if isinstance(answer, Stream):
                await self._follow(request, answer)
                return
            reply = self._fitting(protocol.answer(request.id, answer))
        except OrchestratorError as fault:
            reply = protocol.failure(request.id, fault, reference)
            if isinstance(fault, NotPermitted):
                await self._shared.refusal()
        except Exception:  # noqa: BLE001 (a defect in one verb must not cost the client its connection; it is logged)
            _log.exception("a request failed", request_id=reference, method=request.method[:64])
            reply = protocol.internal(request.id, reference)
        if request.wants_answer:
            await self._send(reply)

    async def _perform(self, request: protocol.Request) -> Answer:
        def progress(step: Mapping[str, JsonValue]) -> None:
            # A courtesy: whoever does not read gets fewer steps, not a daemon full of them.
            if request.wants_answer and self._writer.transport.get_write_buffer_size() < self._limits.unread:
                self._write(protocol.notification("progress", {**step, "id": request.id}))

        return await perform(self._house, self._caller, request.method, request.params, via="socket", progress=progress)

    async def _follow(self, request: protocol.Request, stream: Stream) -> None:
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 (for the type checker: a coroutine runs in a task)
        self._streams.add(task)
        async with contextlib.aclosing(stream.items) as items:
            try:
                await self._send(protocol.answer(request.id, stream.answer))
                async for item in items:
                    await self._send(protocol.notification(stream.method, item))
                await self._send(protocol.notification("end", {}))
            except OrchestratorError as fault:
                self.cut_off(fault)
            finally:
                self._streams.discard(task)

    def _fitting(self, reply: bytes) -> bytes:
        if len(reply) > self._limits.line + 1:
            raise BadRequest(f"the answer would be {len(reply)} bytes", hint="Ask for less at a time.")
        return reply

    async def _send(self, line: bytes) -> None:
        """Write, and wait while too much is unread; a client that leaves it so is cut off."""
        self._write(line)
        try:
            async with asyncio.timeout(self._limits.unread_deadline):
                await self._writer.drain()
        except TimeoutError:
            self.cut_off(Busy(f"{self._limits.unread} bytes were left unread for {self._limits.unread_deadline:g} s"))
        except ConnectionError:
            return

    def _write(self, line: bytes) -> None:
        if not self._cut.is_set() and not self._writer.is_closing():
            self._writer.write(line)

    async def _leave(self) -> None:
        try:
            async with asyncio.timeout(self._limits.closing):
                if self._more_to_come and not self._writer.is_closing():
                    # Whoever is in the middle of sending would meet a broken pipe, and never read why.
                    self._writer.write_eof()
                    while await self._reader.read(CHUNK):
                        continue
                self._writer.close()
                await self._writer.wait_closed()
        except TimeoutError:
            self._writer.transport.abort()
        except ConnectionError:
            self._writer.close()


async def _end(*tasks: asyncio.Task[None] | asyncio.Task[bool]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
