"""What every request passes, in this order, before a route sees it; and where every failure gets its one shape."""

import asyncio
import math
from collections.abc import Awaitable, Callable
from typing import Final
from urllib.parse import urlsplit

import structlog
from aiohttp import web

from orchestratord.access.role import Caller
from orchestratord.access.tokens import Tokens
from orchestratord.errors import OrchestratorError
from orchestratord.web.answers import HEADERS, REQUEST_ID, Refusal, from_refusal
from orchestratord.web.authenticate import authenticate
from orchestratord.web.connection import Connection
from orchestratord.web.guard import Guard
from orchestratord.web.limits import Rate
from orchestratord.web.refusals import Refusals
from orchestratord.web.request_id import request_id_of

__all__ = ["CALLER", "Door", "Handler", "connection_of"]

_log = structlog.get_logger(__name__)

CALLER: Final = web.RequestKey("caller", Caller)
"""Under this a request carries who sent it."""

OPEN_TO_ALL: Final = frozenset({"/healthz", "/readyz"})
"""What a probe from anywhere may ask without a token: it tells nothing but alive and ready."""

_AUDITED: Final = frozenset({"unauthenticated", "foreign_host", "foreign_origin"})

Handler = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]


def connection_of(request: web.BaseRequest) -> Connection:
    """The connection on which a request came."""
    connection = request.protocol
    assert isinstance(connection, Connection)  # noqa: S101  # the listener makes no others
    return connection


class Door:
    """Goes around ``inside``, the application's own handler, and lets through who may enter."""

    def __init__(self, inside: Handler, guard: Guard, rate: Rate, tokens: Tokens, refusals: Refusals) -> None:
        self._inside = inside
        self._guard = guard
        self._rate = rate
        self._tokens = tokens
        self._refusals = refusals
        self._serving: set[asyncio.Task[None]] = set()

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer a request, whatever happens."""
        connection = connection_of(request)
        request_id = request_id_of(request.headers.get(REQUEST_ID))
        self._serving.add(request.task)
        request.task.add_done_callback(self._serving.discard)
        connection.begun(request.task)
        try:
            answer = await self._answer(request, connection.peer, request_id)
        finally:
            connection.ended()
        if not answer.prepared:
            answer.headers[REQUEST_ID] = request_id
            for name, value in HEADERS.items():
                answer.headers.setdefault(name, value)
        return answer

    async def close(self) -> None:
        """End what is still being answered, also for clients who have gone, and come back when it has ended."""
        for task in self._serving:
            task.cancel()
        if self._serving:
            await asyncio.wait(self._serving)

    async def _answer(self, request: web.BaseRequest, peer: str, request_id: str) -> web.StreamResponse:
        try:
            self._pace(peer)
            self._admit(request)
            return await self._inside(request)
        except Refusal as refusal:
            if refusal.code in _AUDITED:
                self._refusals.record(f"{request.method} {request.path}", peer, refusal.code)
            return from_refusal(refusal, request_id)
        except OrchestratorError as error:
            said = Refusal(error.http_status, error.code, error.message, hint=error.hint)
            return from_refusal(said, request_id)
        except web.HTTPException as answer:
            return from_refusal(_in_our_words(answer, request), request_id)
        except web.RequestPayloadError:
            return from_refusal(Refusal(400, "bad_request", "the request's body is broken"), request_id)
        except (ConnectionError, asyncio.CancelledError):
            raise
        except Exception:  # noqa: BLE001 (a defect in one route must not cost the client its answer; it is logged)
            _log.exception("a request failed", method=request.method, path=request.path[:200], request_id=request_id)
            return from_refusal(
                Refusal(500, "internal", "this failed inside", hint=f"The log tells more: request {request_id}."),
                request_id,
            )

    def _pace(self, peer: str) -> None:
        seconds = self._rate.wait(peer, asyncio.get_running_loop().time())
        if seconds > 0.0:
            headers = {"Retry-After": str(max(1, math.ceil(seconds)))}
            raise Refusal(429, "too_many_requests", "you ask faster than this server answers", headers=headers)

    def _admit(self, request: web.BaseRequest) -> None:
        self._guard.check(
            request.headers.getall("Host", ()),
            "" if request.raw_path.startswith("/") else urlsplit(request.raw_path).netloc,
            request.headers.getall("Origin", ()),
        )
        if request.path not in OPEN_TO_ALL:
            request[CALLER] = authenticate(request.headers, request.remote or "", self._tokens)


def _in_our_words(answer: web.HTTPException, request: web.BaseRequest) -> Refusal:
    """Put aiohttp's own answers (no route, wrong method, body too large) into the one shape."""
    path = ascii(request.path[:200])[1:-1]
    if answer.status == 404:
        return Refusal(404, "not_found", f"there is nothing at {path}", hint="GET /api/openapi.json lists what is.")
    if isinstance(answer, web.HTTPMethodNotAllowed):
        allowed = ", ".join(sorted(answer.allowed_methods))
        message = f"{request.method[:20]} is not for {path}; {allowed} is"
        return Refusal(405, "method_not_allowed", message, headers={"Allow": allowed})
    code = {413: "too_large", 417: "expectation_failed"}.get(answer.status, "bad_request")
    return Refusal(answer.status, code, answer.reason or "this request cannot be answered")
