"""An answer that goes on, as server-sent events.

Each item is one message, its ``seq`` the id, so that a browser's EventSource and ``curl -N`` take it as it is and a
reader who was cut off goes on where it was with ``Last-Event-ID``. A stream that cannot go on says why in a last
message of the type ``error``. Comments keep proxies from taking silence for death.
"""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator

import structlog
from aiohttp import web
from pydantic import JsonValue

from orchestratord.errors import OrchestratorError
from orchestratord.verbs.verb import Stream
from orchestratord.web.answers import HEADERS, REQUEST_ID, Refusal, error_shape
from orchestratord.web.door import connection_of
from orchestratord.web.limits import Limits
from orchestratord.web.request_id import request_id_of

__all__ = ["CONTENT_TYPE", "Streams"]

_log = structlog.get_logger(__name__)

CONTENT_TYPE = "text/event-stream"

_BEGINNING = b"retry: 2000\n\n"
_STILL_HERE = b": still here\n\n"


class Streams:
    """The streams that are open; there may be ``limits.streams`` of them."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._closing = asyncio.Event()
        self._open = 0

    def end(self) -> None:
        """End them all, and begin no more."""
        self._closing.set()

    async def send(self, request: web.Request, stream: Stream) -> web.StreamResponse:
        """Send the stream until it ends, the client goes or the door closes. Raises Refusal when there are too many."""
        async with contextlib.aclosing(stream.items) as items:
            if self._open >= self._limits.streams:
                raise Refusal(503, "busy", "as many streams as there may be are open", headers={"Retry-After": "5"})
            self._open += 1
            try:
                return await self._send(request, items)
            finally:
                self._open -= 1

    async def _send(self, request: web.Request, items: AsyncIterator[JsonValue]) -> web.StreamResponse:
        request_id = request_id_of(request.headers.get(REQUEST_ID))
        answer = web.StreamResponse(headers={**HEADERS, REQUEST_ID: request_id, "Content-Type": CONTENT_TYPE})
        # After a stream there is nothing to go on with, and its reader may be the one who does not read.
        answer.force_close()
        over = asyncio.create_task(_first_of(connection_of(request).gone, self._closing))
        try:
            # Whoever has gone, or stopped reading and was cut off, needs no last word.
            with contextlib.suppress(ConnectionError):
                await answer.prepare(request)
                await answer.write(_BEGINNING)
                await self._pump(answer, items, over, request_id)
        finally:
            over.cancel()
            await asyncio.gather(over, return_exceptions=True)
        return answer

    async def _pump(
        self, answer: web.StreamResponse, items: AsyncIterator[JsonValue], over: asyncio.Task[None], request_id: str
    ) -> None:
        coming = asyncio.ensure_future(anext(items))
        try:
            while True:
                await asyncio.wait({coming, over}, timeout=self._limits.heartbeat, return_when=asyncio.FIRST_COMPLETED)
                if over.done():
                    return
                if not coming.done():
                    await answer.write(_STILL_HERE)
                    continue
                await answer.write(_message(coming.result()))
                coming = asyncio.ensure_future(anext(items))
        except StopAsyncIteration:
            return
        except OrchestratorError as error:
            await _last_word(answer, error_shape(error.code, error.message, error.hint, request_id))
        except ConnectionError:
            raise
        except Exception:  # noqa: BLE001 (the status has long been sent; here is the last place that can tell)
            _log.exception("a stream failed", request_id=request_id)
            await _last_word(answer, error_shape("internal", "this failed inside", "The log tells more.", request_id))
        finally:
            coming.cancel()
            await asyncio.gather(coming, return_exceptions=True)


async def _last_word(answer: web.StreamResponse, shape: JsonValue) -> None:
    await answer.write(b"event: error\n" + _message(shape))


def _message(item: JsonValue) -> bytes:
    seq = item.get("seq") if isinstance(item, dict) else None
    name = f"id: {seq}\n" if isinstance(seq, int) else ""
    # JSON holds no bare line break, so one data line carries it all.
    return f"{name}data: {json.dumps(item, ensure_ascii=False, separators=(',', ':'))}\n\n".encode()


async def _first_of(*events: asyncio.Event) -> None:
    waits = [asyncio.create_task(event.wait()) for event in events]
    try:
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()
        await asyncio.gather(*waits, return_exceptions=True)
