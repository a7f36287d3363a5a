"""Alive, and ready: what a supervisor, a load balancer or a probe asks."""

from aiohttp import web

from orchestratord.verbs.house import House
from orchestratord.web.answers import Refusal, json_answer

__all__ = ["Health"]


class Health:
    """``/healthz`` answers as long as the loop runs; ``/readyz`` once the cluster has been opened."""

    def __init__(self, house: House) -> None:
        self._house = house

    async def alive(self, _: web.Request) -> web.StreamResponse:
        """200 ``{"status": "ok"}``."""
        return json_answer({"status": "ok"})

    async def ready(self, _: web.Request) -> web.StreamResponse:
        """200 ``{"status": "ready"}``, or 503 while agents are still being adopted."""
        if not self._house.cluster.opened.is_set():
            raise Refusal(503, "not_ready", "the agents are still being adopted", headers={"Retry-After": "1"})
        return json_answer({"status": "ready"})
