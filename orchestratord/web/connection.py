"""One client's connection: aiohttp's protocol, with the deadlines that it does not have.

Three clocks can end a connection, one at a time for reading and one for writing:

* a head that has begun, or that a new client owes, must end within ``header_deadline``: 408, then the end;
* between requests a connection may be silent for ``idle_deadline``;
* a client that leaves ``unread_bytes`` unread must read on within ``unread_deadline``.
"""

import asyncio
import logging
import time
from collections.abc import Callable
from typing import cast

import structlog
from aiohttp import web
from aiohttp.http_exceptions import LineTooLong

from orchestratord.web.answers import HEADERS, REQUEST_ID, Refusal, from_refusal, raw_refusal
from orchestratord.web.limits import Limits
from orchestratord.web.request_id import new_request_id

__all__ = ["Connection"]

_log = structlog.get_logger(__name__)


class Connection(web.RequestHandler):
    """A connection that the listener has let in; ``lost`` is called once when it has gone."""

    def __init__(self, server: web.Server, limits: Limits, peer: str, lost: Callable[["Connection"], None]) -> None:
        self._time = asyncio.get_running_loop()
        super().__init__(
            server,
            loop=self._time,
            # Idle connections are ended here, by abort: aiohttp's close would wait for ever for a reader who sleeps.
            keepalive_timeout=limits.idle_deadline * 2,
            lingering_time=min(2.0, limits.body_deadline),
            access_log=None,  # type: ignore[arg-type]  # aiohttp means Optional: it tests `if access_log`
            logger=_quiet,
            max_line_size=limits.header_line_bytes,
            max_field_size=limits.header_field_bytes,
            max_headers=limits.header_lines,
            auto_decompress=False,
        )
        self.peer = peer
        self.since = time.monotonic()
        """When it was let in, or when its latest request began or ended."""
        self.ending = False
        """Whether it has been told to end and only has not gone yet."""
        self.gone = asyncio.Event()
        """Set when the client has gone; what serves it for long waits for this too."""
        self._limits = limits
        self._lost = lost
        self._wire: asyncio.Transport | None = None
        self._task: asyncio.Task[None] | None = None
        self._requests = 0
        self._owes_head = True
        self._reading_clock: asyncio.TimerHandle | None = None
        self._writing_clock: asyncio.TimerHandle | None = None

    @property
    def busy(self) -> bool:
        """Whether a request of it is being answered."""
        return self._requests > 0

    def abort(self) -> None:
        """End it now; what was not sent is lost."""
        self.ending = True
        if self._wire is not None:
            self._wire.abort()

    def begun(self, task: "asyncio.Task[None] | None" = None) -> None:
        """A whole head has come and is being answered, by ``task`` as long as the connection lasts."""
        self._task = task
        self._requests += 1
        self._owes_head = False
        self.since = time.monotonic()
        self._stop_reading_clock()

    def ended(self) -> None:
        """The answer is made; from here on the client is idle."""
        self._requests -= 1
        self.since = time.monotonic()
        if not self.gone.is_set():
            self._stop_reading_clock()
            self._reading_clock = self._time.call_later(self._limits.idle_deadline, self.abort)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The client is there, with TLS already spoken where it is."""
        self._wire = cast("asyncio.Transport", transport)
        self._wire.set_write_buffer_limits(high=self._limits.unread_bytes)
        self._reading_clock = self._time.call_later(self._limits.header_deadline, self._head_is_late)
        super().connection_made(transport)

    def data_received(self, data: bytes) -> None:
        """Bytes have come; the first ones after an answer begin a head, and so start its clock."""
        if data and not self.busy and not self._owes_head:
            self._owes_head = True
            self._stop_reading_clock()
            self._reading_clock = self._time.call_later(self._limits.header_deadline, self._head_is_late)
        super().data_received(data)

    def pause_writing(self) -> None:
        """The client does not read as fast as it is written to."""
        super().pause_writing()
        self._writing_clock = self._time.call_later(self._limits.unread_deadline, self._is_unread)

    def resume_writing(self) -> None:
        """It has read on."""
        if self._writing_clock is not None:
            self._writing_clock.cancel()
        super().resume_writing()

    def connection_lost(self, exc: BaseException | None) -> None:
        """It has gone, whoever ended it."""
        self._stop_reading_clock()
        if self._writing_clock is not None:
            self._writing_clock.cancel()
        self.gone.set()
        super().connection_lost(exc)
        self._wire = None
        if self._task is not None and not self.busy:
            # aiohttp would wait on for the rest of a body that cannot come any more.
            self._task.cancel()
        self._lost(self)

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,  # noqa: ARG002 (aiohttp's signature; what failed tells the status here)
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Answer what could not be read as a request, in the one shape, and end the connection after it."""
        if request.writer.output_size > 0:
            raise ConnectionError("a part of the answer has been sent already")
        self.begun()
        request_id = new_request_id()
        if isinstance(exc, LineTooLong) or "Too many" in (message or ""):
            refusal = Refusal(431, "headers_too_large", "the request's head is larger than this server reads")
        else:
            refusal = Refusal(400, "bad_request", "that is not a request of HTTP/1.1")
        _log.info("unreadable request", peer=self.peer, fault=type(exc).__name__, request_id=request_id)
        answer = _Farewell(self, from_refusal(refusal, request_id))
        answer.headers.update({**HEADERS, REQUEST_ID: request_id})
        self.ended()
        return answer

    async def leave(self, within: float) -> None:
        """Say that nothing more comes and wait for the client to go.

        Closing while it still sends would make its kernel throw away the answer it has not read yet.
        """
        self.close()
        if self._wire is not None and self._wire.can_write_eof() and not self._wire.is_closing():
            self._wire.write_eof()
            try:
                await asyncio.wait_for(self.gone.wait(), within)
            except TimeoutError:
                self.abort()

    def _head_is_late(self) -> None:
        late = Refusal(408, "timed_out", "the request's head did not end in time")
        if self._wire is not None:
            self._wire.write(raw_refusal(late, new_request_id()))
            self._wire.close()
            self._reading_clock = self._time.call_later(self._limits.unread_deadline, self.abort)

    def _is_unread(self) -> None:
        _log.warning("cut off: it does not read what it asked for", peer=self.peer)
        self.abort()

    def _stop_reading_clock(self) -> None:
        if self._reading_clock is not None:
            self._reading_clock.cancel()
            self._reading_clock = None


class _Farewell(web.Response):
    """The last answer on a connection whose client may still be sending."""

    def __init__(self, connection: Connection, answer: web.Response) -> None:
        super().__init__(body=answer.body, status=answer.status, headers=answer.headers)
        self._connection = connection
        self.force_close()

    async def write_eof(self, data: bytes = b"") -> None:
        await super().write_eof(data)
        await self._connection.leave(within=1.0)


_quiet = logging.getLogger(f"{__name__}.aiohttp")
"""aiohttp logs what clients do wrong as errors of ours; here it is kept for those who debug."""
_quiet.setLevel(logging.CRITICAL)
