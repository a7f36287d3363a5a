"""``POST /v1/metrics``: what agents' CLIs report of their tokens and cost, as OpenTelemetry sends it (OTLP, JSON).

Whoever reports shows the pass of its launch; what the report says of itself, its resource attributes among it, is
never asked. So an agent can report for itself alone.
"""

import asyncio
import ipaddress
from typing import Final

from aiohttp import web
from pydantic import JsonValue

from orchestratord.config.schema import HttpConfig
from orchestratord.errors import Conflict
from orchestratord.providers.claude_telemetry import read_report
from orchestratord.providers.telemetry import LAUNCH_HEADER
from orchestratord.verbs.house import House
from orchestratord.web.answers import Refusal, json_answer
from orchestratord.web.authenticate import SOMEBODY_LOCAL
from orchestratord.web.body import read_body
from orchestratord.web.door import CALLER
from orchestratord.web.limits import Limits

__all__ = ["PATH", "Telemetry", "address"]

PATH: Final = "/v1/metrics"


class Telemetry:
    """Takes reports and hands them to the cluster's meter."""

    def __init__(self, house: House, limits: Limits) -> None:
        self._house = house
        self._limits = limits

    async def receive(self, request: web.Request) -> web.StreamResponse:
        """Count a report; it is on the disk when it is answered, for whoever had an answer does not tell it again."""
        if request[CALLER] is not SOMEBODY_LOCAL:
            raise Refusal(403, "not_permitted", "reports are taken from this machine alone, and without a token")
        cluster = self._house.cluster
        if not cluster.opened.is_set():
            later = {"Retry-After": "5"}
            raise Refusal(503, "not_ready", "the agents are still being looked for", headers=later)
        launch = cluster.meter.launch_of(request.headers.get(LAUNCH_HEADER, ""))
        if launch is None:
            raise Refusal(
                401,
                "unauthenticated",
                "only an agent that this daemon has started may report",
                hint=f"The header {LAUNCH_HEADER} carries the pass of the launch; its environment has it.",
            )
        uses = await asyncio.to_thread(read_report, await read_body(request, self._limits))
        # Asked last: while the body came, the agent may have been started again, or have gone.
        agent = cluster.whose(launch)
        if agent is None:
            raise Conflict("the launch that reports is no agent's latest one")
        refused = await cluster.meter.take(agent, launch, uses)
        answer = json_answer(_said(refused))
        # Dozens of agents report a few times a minute: none of them shall hold a connection all the while.
        answer.force_close()
        return answer


def address(http: HttpConfig, port: int) -> str:
    """Where an agent on this machine reports; "" where it could not.

    It could not over TLS, whose certificate its CLI has no reason to trust, nor where only another address than
    loopback is listened on.
    """
    host = http.host
    try:
        listens_on = ipaddress.ip_address(host)
    except ValueError:
        local = host == "localhost"
    else:
        if listens_on.is_unspecified:
            listens_on = ipaddress.ip_address("127.0.0.1" if listens_on.version == 4 else "::1")
        local = listens_on.is_loopback
        host = f"[{listens_on}]" if listens_on.version == 6 else str(listens_on)
    return f"http://{host}:{port}{PATH}" if local and http.tls is None else ""


def _said(refused: int) -> JsonValue:
    if not refused:
        return {}
    return {"partialSuccess": {"rejectedDataPoints": str(refused), "errorMessage": "too many series of figures"}}
