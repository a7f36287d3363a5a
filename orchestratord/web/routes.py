"""The routes, made from what the verbs declare: one request becomes one call of ``verbs.dispatch``.

Parameters come from the path, and from the query (GET, DELETE) or a JSON object in the body (the other methods).
Where a verb that answers and one that streams share a path, the one is for those who accept ``application/json`` and
not ``text/event-stream``, the other for everybody else.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from aiohttp import web
from pydantic import JsonValue

from orchestratord.errors import BadRequest
from orchestratord.verbs.dispatch import perform
from orchestratord.verbs.house import House
from orchestratord.verbs.verb import Route, Stream, Verb
from orchestratord.web.answers import HEADERS, json_answer
from orchestratord.web.authenticate import SOMEBODY_LOCAL, token_needed
from orchestratord.web.body import read_body
from orchestratord.web.door import CALLER
from orchestratord.web.limits import Limits
from orchestratord.web.stream import CONTENT_TYPE, Streams

__all__ = ["by_route", "verb_routes"]

_WITHOUT_BODY = frozenset({"GET", "HEAD", "DELETE"})
_RESUME = "after"
"""The parameter of a stream that ``Last-Event-ID`` fills."""


def by_route(verbs: Iterable[Verb[Any]]) -> Mapping[Route, list[Verb[Any]]]:
    """Which verbs a route leads to: one, or one that answers and one that streams."""
    offers: dict[Route, list[Verb[Any]]] = defaultdict(list)
    for verb in verbs:
        for route in verb.routes:
            offers[route].append(verb)
    for route, offered in offers.items():
        if len({verb.follow for verb in offered}) != len(offered):
            raise ValueError(f"{route.method} {route.path} leads to more than one verb")
    return offers


def verb_routes(house: House, verbs: Iterable[Verb[Any]], limits: Limits, streams: Streams) -> list[web.RouteDef]:
    """One route of aiohttp for each that the verbs declare."""
    offers = by_route(verbs)
    return [
        web.route(route.method, route.path, _Offer(house, offered, limits, streams).answer)
        for route, offered in offers.items()
    ] + [
        web.head(route.path, _Offer(house, offered, limits, streams).answer)
        for route, offered in offers.items()
        if route.method == "GET"
    ]


class _Offer:
    """What one route offers."""

    def __init__(self, house: House, verbs: list[Verb[Any]], limits: Limits, streams: Streams) -> None:
        self._house = house
        self._verbs = verbs
        self._limits = limits
        self._streams = streams
        self._lists = {verb.name: _lists(verb) for verb in verbs}

    async def answer(self, request: web.Request) -> web.StreamResponse:
        verb = self._chosen(request.headers.get("Accept", ""))
        caller = request[CALLER]
        if caller is SOMEBODY_LOCAL and not caller.role.includes(verb.role):
            raise token_needed(f"{verb.name} needs a token")
        if verb.follow and request.method == "HEAD":
            return web.Response(headers={**HEADERS, "Content-Type": CONTENT_TYPE})
        parameters = await self._parameters(request, verb)
        answer = await perform(self._house, caller, verb.name, parameters, via="http")
        if isinstance(answer, Stream):
            return await self._streams.send(request, answer)
        return json_answer(answer)

    def _chosen(self, accept: str) -> Verb[Any]:
        wants_json = "application/json" in accept and CONTENT_TYPE not in accept
        fitting = [verb for verb in self._verbs if verb.follow != wants_json]
        return (fitting or self._verbs)[0]

    async def _parameters(self, request: web.Request, verb: Verb[Any]) -> dict[str, JsonValue]:
        given = _query(request, self._lists[verb.name])
        if request.method not in _WITHOUT_BODY:
            if given:
                raise BadRequest("parameters go into the body, a JSON object, not into the query")
            given = await self._body(request)
        last = request.headers.get("Last-Event-ID")
        if last and verb.follow and _RESUME in verb.parameters.model_fields:
            # What a browser says when it comes back counts for more than what the page asked for at first.
            given[_RESUME] = last
        twice = given.keys() & request.match_info.keys()
        if twice:
            raise BadRequest(f"{', '.join(sorted(twice))} stands in the path and may not be given again")
        return {**given, **request.match_info}

    async def _body(self, request: web.Request) -> dict[str, JsonValue]:
        body = await read_body(request, self._limits)
        if not body:
            return {}
        try:
            given = json.loads(body)
        except (ValueError, RecursionError):
            raise BadRequest("the body is not JSON") from None
        if not isinstance(given, dict):
            raise BadRequest("the body must be a JSON object")
        return given


def _lists(verb: Verb[Any]) -> frozenset[str]:
    """The parameters that are lists: in a query they are given by repeating the name, once is a list of one."""
    properties = verb.schema().get("properties", {})
    return frozenset(name for name, schema in properties.items() if schema.get("type") == "array")


def _query(request: web.Request, lists: frozenset[str]) -> dict[str, JsonValue]:
    given: dict[str, JsonValue] = {}
    for name in request.query:
        values: list[JsonValue] = [*request.query.getall(name)]
        given[name] = values[0] if len(values) == 1 and name not in lists else values
    return given
