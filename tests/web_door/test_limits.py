"""Clients that take too much or give nothing, and others who are served meanwhile."""

import asyncio

import aiohttp
import pytest

from orchestratord.web.limits import Rate
from orchestratord.web.server import Web
from tests.wait import PATIENCE
from tests.web_door.conftest import Open
from tests.web_door.raw import Raw

OTHER = "127.0.0.2"


async def served(door: Web, source: str = "127.0.0.3") -> bool:
    async with await Raw.to(door, source) as raw:
        raw.get("/healthz", "Connection: close")
        return (await raw.answer()).status == 200


async def test_ten_thousand_headers_are_refused_unread(door: Web) -> None:
    async with await Raw.to(door) as raw:
        raw.get("/", *(f"X-{number}: {number}" for number in range(10_000)))
        answer = await raw.answer()
        assert (answer.status, answer.error["code"]) == (431, "headers_too_large")
        assert await served(door)


async def test_a_header_without_end_is_refused(door: Web) -> None:
    async with await Raw.to(door) as raw:
        raw.send("GET / HTTP/1.1\r\nHost: localhost\r\nX: " + "x" * 100_000)
        answer = await raw.answer()
        assert (answer.status, answer.error["code"]) == (431, "headers_too_large")


async def test_headers_that_never_end_are_ended_while_others_are_served(open_door: Open) -> None:
    door = await open_door(header_deadline=0.3)
    async with await Raw.to(door, OTHER) as raw:
        raw.send("GET / HTTP/1.1\r\nHost: localhost\r\n")
        dripping = asyncio.create_task(_drip(raw))
        assert await served(door)
        answer = await raw.answer()
        assert (answer.status, answer.error["code"]) == (408, "timed_out")
        dripping.cancel()


async def _drip(raw: Raw) -> None:
    while True:
        raw.send("X: x\r\n")
        await asyncio.sleep(0.02)


async def test_a_second_head_has_its_deadline_too(open_door: Open) -> None:
    door = await open_door(header_deadline=0.3)
    async with await Raw.to(door) as raw:
        raw.get("/healthz")
        assert (await raw.answer()).status == 200
        raw.send("GET /healthz HT")
        assert (await raw.answer()).status == 408
        await raw.ended()


async def test_a_silent_client_is_let_go(open_door: Open) -> None:
    door = await open_door(idle_deadline=0.3)
    async with await Raw.to(door) as raw:
        raw.get("/healthz")
        assert (await raw.answer()).status == 200
        assert await raw.ended() == b""


async def test_a_body_that_does_not_come_is_not_waited_for(open_door: Open, secret: str) -> None:
    door = await open_door(body_deadline=0.3)
    async with await Raw.to(door) as raw:
        raw.send(
            "POST /api/cluster/stop HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            f"Authorization: Bearer {secret}\r\nContent-Length: 100\r\n\r\n{{"
        )
        answer = await raw.answer()
        assert (answer.status, answer.error["code"]) == (408, "timed_out")
        await raw.ended()


async def test_a_chunked_body_without_end_is_cut(open_door: Open, secret: str) -> None:
    door = await open_door(body_bytes=10_000, body_deadline=30.0)
    async with await Raw.to(door) as raw:
        raw.send(
            "POST /api/cluster/stop HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            f"Authorization: Bearer {secret}\r\nTransfer-Encoding: chunked\r\n\r\n"
        )
        raw.send(b"1000\r\n" + b" " * 4096 + b"\r\n" + b"1000\r\n" + b" " * 4096 + b"\r\n")
        raw.send(b"1000\r\n" + b" " * 4096 + b"\r\n")
        answer = await raw.answer()
        assert (answer.status, answer.error["code"]) == (413, "too_large")


async def test_whoever_asks_too_fast_is_told_when_to_come_back_and_others_are_not(open_door: Open) -> None:
    door = await open_door(rate=0.01, burst=3)
    async with await Raw.to(door, OTHER) as raw:
        for _ in range(5):
            raw.get("/healthz")
        answers = [await raw.answer() for _ in range(5)]
    assert [answer.status for answer in answers] == [200, 200, 200, 429, 429]
    assert int(answers[-1].headers["retry-after"]) >= 1
    assert answers[-1].error["code"] == "too_many_requests"
    assert await served(door)


def test_a_rate_allows_the_burst_at_once_and_then_its_pace() -> None:
    rate = Rate(2.0, 3)
    assert [rate.wait("a", 0.0) for _ in range(4)] == [0.0, 0.0, 0.0, 0.5]
    assert rate.wait("b", 0.0) == 0.0
    assert rate.wait("a", 0.5) == 0.0
    assert rate.wait("a", 0.5) > 0.0


async def test_silent_connections_make_way_for_new_ones(open_door: Open) -> None:
    door = await open_door(connections=6, connections_per_peer=4)
    holders = [await Raw.to(door, OTHER) for _ in range(20)]
    more = [await Raw.to(door, "127.0.0.4") for _ in range(20)]
    assert await served(door)
    assert await served(door, OTHER)
    assert await holders[0].ended() == b""
    for raw in (*holders, *more):
        raw.writer.transport.abort()


async def test_when_all_are_busy_a_new_connection_is_told_so(open_door: Open) -> None:
    door = await open_door(connections_per_peer=2)
    streams = [await Raw.to(door, OTHER) for _ in range(2)]
    for raw in streams:
        raw.get("/api/events")
        assert b"200 OK" in await raw.reader.readuntil(b"\r\n\r\n")
    async with await Raw.to(door, OTHER) as third:
        answer = await third.answer()
        assert (answer.status, answer.error["code"]) == (503, "too_many_connections")
    assert await served(door)
    for raw in streams:
        raw.writer.transport.abort()
    async with asyncio.timeout(PATIENCE):
        while not await served(door, OTHER):
            pass


@pytest.mark.parametrize("path", ["/api/status", "/metrics", "/"])
async def test_clients_who_leave_in_the_middle_disturb_nobody(door: Web, path: str) -> None:
    for _ in range(20):
        async with await Raw.to(door) as raw:
            raw.get(path)
    assert await served(door)


async def test_expectations_are_met_or_refused_in_the_one_shape(client: aiohttp.ClientSession, door: Web) -> None:
    async with await Raw.to(door) as raw:
        raw.get("/api/agents", "Expect: miracles")
        answer = await raw.answer()
        assert (answer.status, answer.error["code"]) == (417, "expectation_failed")
