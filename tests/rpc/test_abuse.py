"""Clients that misbehave: each loses its own connection at the most, and everybody else is served meanwhile."""

import asyncio
import json
import os
import random
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from orchestratord.access import peer
from orchestratord.access.peer import Peer
from orchestratord.errors import NotPermitted
from orchestratord.processes.identity import ProcessId
from orchestratord.rpc.connection import Connection
from orchestratord.rpc.server import Server
from orchestratord.verbs.house import House
from tests.rpc.client import Client
from tests.rpc.conftest import Serve
from tests.straw import straw_of
from tests.wait import eventually

MIB = 1 << 20


@pytest.fixture
async def witness(path: Path) -> AsyncIterator[Client]:
    """Somebody else, who must be served at the end as at the beginning."""
    async with await Client.to(path) as client:
        assert "result" in await client.call("status")
        yield client
        assert "result" in await client.call("status")


@pytest.mark.parametrize("seed", range(5))
async def test_random_bytes_are_answered_as_errors(path: Path, witness: Client, seed: int) -> None:
    noise = random.Random(seed).randbytes(MIB // 4)
    async with await Client.to(path) as client:
        await client.write(noise + b"\n")
        client.writer.write_eof()
        answers = await client.rest()
    assert answers
    assert {answer["error"]["code"] for answer in answers} <= {-32700, -32600, -32602}


async def test_a_line_of_two_mebibytes_is_refused_before_it_has_ended(path: Path, witness: Client) -> None:
    async with await Client.to(path) as client:
        await client.write(b"x" * 2 * MIB)
        (answer,) = await client.rest()
    assert answer["error"]["code"] == -32600
    assert "at most 1048576 bytes" in answer["error"]["message"]


async def test_a_line_of_just_one_mebibyte_is_taken(path: Path, witness: Client) -> None:
    frame = b'{"jsonrpc":"2.0","id":"call","method":"version","params":{}}'
    async with await Client.to(path) as client:
        await client.write(frame + b" " * (MIB - len(frame)) + b"\n")
        assert "result" in await client.read()
        assert "result" in await client.call("version")


async def test_nesting_without_end_and_batches_cost_one_answer_each(path: Path, witness: Client) -> None:
    async with await Client.to(path) as client:
        for line in (b"[" * 900_000, b'{"a":' * 180_000, b"[" + b"{}," * 300_000 + b"{}]"):
            await client.write(line + b"\n")
            assert "error" in await client.read()
        assert "result" in await client.call("version")


async def test_half_a_request_is_given_up_after_a_while_with_the_reason(serve: Serve, house: House) -> None:
    await serve(half_request=0.1)
    async with await Client.to(house.places.socket) as idle, await Client.to(house.places.socket) as slow:
        await slow.write(b'{"jsonrpc": "2.0", ')
        (farewell,) = await slow.rest()
        assert farewell["method"] == "closed"
        assert farewell["params"]["code"] == "timed_out"
        assert "result" in await idle.call("version"), "who has begun nothing has all the time in the world"


async def test_half_requests_of_many_clients_take_bounded_room(serve: Serve, house: House) -> None:
    server = await serve(large_lines=4, closing=0.2)
    path = house.places.socket
    clients = [await Client.to(path) for _ in range(12)]
    for client in clients:
        await client.write(b"x" * 200_000)
    farewells = [asyncio.create_task(client.rest()) for client in clients]
    await eventually(lambda: len(connections(server)) == 4)
    told = [told for farewell in farewells if farewell.done() for told in farewell.result()]
    assert [line["params"]["code"] for line in told] == ["busy"] * 8
    async with await Client.to(path) as other:
        assert "result" in await other.call("version"), "small requests need no such room"
        for client in clients:
            client.writer.transport.abort()
        await eventually(lambda: len(connections(server)) == 1)
        await other.write(b" " * 200_000 + b"\n")
        assert "result" in await other.call("version"), "what was taken is given back"


async def test_a_subscriber_that_never_reads_is_cut_off_with_the_reason(serve: Serve, house: House) -> None:
    server = await serve(unread=64 << 10, unread_deadline=0.5)
    path = house.places.socket
    async with await Client.to(path) as deaf, await Client.to(path) as other:
        assert "result" in await other.call("version")
        await deaf.call("events.subscribe")
        deaf.writer.transport.pause_reading()  # type: ignore[attr-defined]  # a Unix transport also reads
        most = 0
        while len(connections(server)) == 2 and not cut(server):
            for _ in range(200):
                house.journal.append("test.flood", text="x" * 1000)
            await house.journal.flush()
            assert "result" in await other.call("version")
            most = max(most, *(unread(connection) for connection in connections(server)))
        assert most < 80 << 10
        deaf.writer.transport.resume_reading()  # type: ignore[attr-defined]
        lines = await deaf.rest()
    assert lines[-1]["method"] == "closed"
    assert lines[-1]["params"]["code"] in {"too_slow", "busy"}
    received = [line["params"]["seq"] for line in lines[:-1]]
    assert received == list(range(received[0], received[0] + len(received)))


async def test_who_asks_and_never_reads_the_answers_is_cut_off(serve: Serve, house: House) -> None:
    server = await serve(unread=16 << 10, unread_deadline=0.2, closing=0.2)
    async with await Client.to(house.places.socket) as deaf:
        deaf.writer.transport.pause_reading()  # type: ignore[attr-defined]
        flood = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "rpc.describe"}).encode() + b"\n"
        sending = asyncio.create_task(deaf.write(flood * 20_000))
        await eventually(lambda: connections(server))
        await eventually(lambda: not server._connections)
        await sending


async def test_of_three_hundred_connections_those_too_many_are_told(serve: Serve, house: House) -> None:
    server = await serve(connections=200)
    path = house.places.socket
    clients = [await Client.to(path) for _ in range(300)]
    farewells = [asyncio.create_task(client.rest()) for client in clients]
    await eventually(lambda: sum(farewell.done() for farewell in farewells) == 100)
    turned_away = [farewell.result() for farewell in farewells if farewell.done()]
    assert [answer["error"]["data"]["code"] for (answer,) in turned_away] == ["busy"] * 100
    for client, farewell in zip(clients, farewells, strict=True):
        if farewell.cancel():
            await asyncio.wait({farewell})
            assert "result" in await client.call("version")
    for client in clients:
        client.writer.transport.abort()
    await eventually(lambda: not server._connections)
    async with await Client.to(path) as client:
        assert "result" in await client.call("version")


async def test_agents_can_never_take_the_last_connection_from_their_operator(serve: Serve, house: House) -> None:
    server = await serve(connections=6, agents_connections=3)
    path = house.places.socket
    anna = straw_of(house).agents["anna"]
    anna.process = ProcessId.of(os.getpid())
    agents = [await Client.to(path) for _ in range(5)]
    farewells = [asyncio.create_task(client.rest()) for client in agents]
    await eventually(lambda: sum(farewell.done() for farewell in farewells) == 2)
    anna.process = None
    async with await Client.to(path) as operator:
        assert "result" in await operator.call("hold", agent="anna")
    for client in agents:
        client.writer.transport.abort()
    await eventually(lambda: not server._connections)
    assert server._agents == 0


async def test_one_client_has_a_bounded_number_of_requests_in_flight(serve: Serve, house: House) -> None:
    await serve(in_flight=4)
    straw = straw_of(house)
    straw.done.clear()
    async with await Client.to(house.places.socket) as greedy, await Client.to(house.places.socket) as other:
        for number in range(50):
            await greedy.ask("hold", number, agent="anna")
        await eventually(lambda: len(straw.asked) == 4)
        assert "result" in await other.call("version")
        assert len(straw.asked) == 4
        straw.done.set()
        assert sorted([(await greedy.read())["id"] for _ in range(50)]) == list(range(50))


async def test_an_agent_that_keeps_trying_is_told_no_at_a_bounded_rate_and_nobody_waits_for_that(
    serve: Serve, house: House
) -> None:
    await serve(refusals=3600, in_flight=4, closing=0.1)
    straw_of(house).agents["anna"].process = ProcessId.of(os.getpid())
    before = house.journal.last_seq
    async with await Client.to(house.places.socket) as rogue, await Client.to(house.places.socket) as other:
        for number in range(50):
            await rogue.ask("shutdown", number)
        await eventually(lambda: house.journal.last_seq == before + 4)
        assert "result" in await other.call("status")
        assert house.journal.last_seq == before + 4, "what is refused beyond that is not even read"


async def test_who_is_not_let_in_is_told_and_many_of_them_are_few_entries(
    path: Path, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nobody(_: object) -> Peer:
        raise NotPermitted("you are nobody")

    monkeypatch.setattr(peer, "read", nobody)
    before = house.journal.last_seq
    for _ in range(20):
        async with await Client.to(path) as stranger:
            (answer,) = await stranger.rest()
            assert (answer["error"]["message"], answer["error"]["data"]["exit_status"]) == ("you are nobody", 77)
    assert 1 <= house.journal.last_seq - before < 20


def connections(server: Server) -> list[Connection]:
    return [connection for connection in server._connections.values() if connection is not None]


def unread(connection: Connection) -> int:
    return connection._writer.transport.get_write_buffer_size()


def cut(server: Server) -> bool:
    return any(connection._cut.is_set() for connection in connections(server))
