"""The door as a whole: opened with the house it shows, closed with every connection gone."""

from collections.abc import Callable

import structlog
from aiohttp import web

from orchestratord import __version__
from orchestratord.config.schema import HttpConfig
from orchestratord.verbs.house import House
from orchestratord.verbs.registry import VERBS
from orchestratord.web import telemetry
from orchestratord.web.answers import json_answer
from orchestratord.web.connection import Connection
from orchestratord.web.door import Door, Handler
from orchestratord.web.guard import Guard
from orchestratord.web.health import Health
from orchestratord.web.limits import Limits, Rate
from orchestratord.web.listener import Listener, bind
from orchestratord.web.metrics import Metrics
from orchestratord.web.openapi import document
from orchestratord.web.page import Page
from orchestratord.web.refusals import Refusals
from orchestratord.web.routes import verb_routes
from orchestratord.web.stream import Streams
from orchestratord.web.tls import server_context

__all__ = ["Web"]

_log = structlog.get_logger(__name__)


class Web:
    """HTTP over ``house``: ``start()`` binds and serves, ``close()`` ends every connection."""

    def __init__(self, house: House, http: HttpConfig, limits: Limits | None = None) -> None:
        self._house = house
        self._http = http
        self._limits = limits or Limits()
        self._metrics = Metrics(house)
        self._streams = Streams(self._limits)
        self._runner: web.AppRunner | None = None
        self._listener: Listener | None = None
        self._door: Door | None = None
        self._port = http.port

    async def start(self) -> None:
        """Bind and serve. Raises ``Unavailable`` (port taken, no such address) or ``BadConfiguration`` (TLS files)."""
        tls = await server_context(self._http.tls) if self._http.tls else None
        sockets = await bind(self._http.host, self._http.port)
        self._port = sockets[0].getsockname()[1]
        self._runner = web.AppRunner(self._application(), shutdown_timeout=self._limits.closing_deadline)
        await self._runner.setup()
        server = self._runner.server
        assert server is not None  # noqa: S101  # setup() makes it
        # Around the whole application, routing included, instead of a middleware, which routing errors bypass.
        self._door = self._make_door(server.request_handler)
        server.request_handler = self._door.handle

        def make(peer: str, lost: Callable[[Connection], None]) -> Connection:
            return Connection(server, self._limits, peer, lost)

        self._listener = Listener(sockets, make, self._limits, tls)
        self._listener.start()
        self._metrics.start()
        _log.info("http is open", url=self.url)

    async def close(self) -> None:
        """Stop accepting, end the streams, let requests finish for a moment, then cut. Safe to call twice."""
        listener, self._listener = self._listener, None
        runner, self._runner = self._runner, None
        door, self._door = self._door, None
        if listener is None or runner is None or door is None:
            return
        self._metrics.stop()
        await listener.close()
        self._streams.end()
        await runner.cleanup()
        await door.close()
        await listener.abort()

    @property
    def port(self) -> int:
        """The port in use, also when the configuration says 0."""
        return self._port

    @property
    def url(self) -> str:
        """Where a browser finds it, for example ``http://127.0.0.1:8000``."""
        host = f"[{self._http.host}]" if ":" in self._http.host else self._http.host
        return f"{'https' if self._http.tls else 'http'}://{host}:{self._port}"

    @property
    def telemetry_url(self) -> str:
        """Where agents may report what they use; "" where they cannot."""
        return telemetry.address(self._http, self._port)

    def _make_door(self, inside: Handler) -> Door:
        return Door(
            inside,
            Guard(self._http.host, self._http.allowed_hosts),
            Rate(self._limits.rate, self._limits.burst),
            self._house.tokens,
            Refusals(self._house.journal),
        )

    def _application(self) -> web.Application:
        verbs = list(VERBS.values())
        described = document(verbs, __version__)

        async def openapi(_: web.Request) -> web.StreamResponse:
            return json_answer(described)

        health = Health(self._house)
        application = web.Application(client_max_size=self._limits.body_bytes)
        application.add_routes(
            [
                web.get("/", Page(self._house).show),
                web.get("/healthz", health.alive),
                web.get("/readyz", health.ready),
                web.get("/metrics", self._metrics.show),
                web.post(telemetry.PATH, telemetry.Telemetry(self._house, self._limits).receive),
                web.get("/api/openapi.json", openapi),
                *verb_routes(self._house, verbs, self._limits, self._streams),
            ]
        )
        return application
