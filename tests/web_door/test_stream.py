"""The stream of events, and readers of every kind."""

import asyncio
import json
from collections.abc import AsyncGenerator
from typing import Any

import aiohttp
import pytest
import structlog
from pydantic import JsonValue

from orchestratord.access.role import Role
from orchestratord.errors import Busy
from orchestratord.verbs.verb import Answer, Call, Nothing, Parameters, Route, Stream, Verb
from orchestratord.web.server import Web
from tests.wait import eventually
from tests.web_door.conftest import Open, offered
from tests.web_door.raw import Raw


class After(Parameters):
    after: int = 0


class Source:
    """A verb whose stream counts on from ``after``; it can be made to wait, to flood or to fail."""

    def __init__(self, last: int | None = None, text: str = "", fault: Exception | None = None) -> None:
        self.last, self.text, self.fault = last, text, fault
        self.closed = 0
        routes = (Route("GET", "/api/source"),)
        self.verb = Verb("test.source", "Count.", After, Role.LOOK, self._run, follow=True, routes=routes)

    async def _run(self, call: Call[After]) -> Answer:
        return Stream({}, "event", self._items(call.parameters.after))

    async def _items(self, seq: int) -> AsyncGenerator[JsonValue, None]:
        try:
            while self.last is None or seq < self.last:
                seq += 1
                await asyncio.sleep(0)
                yield {"seq": seq, "text": self.text}
            if self.fault:
                raise self.fault
            await asyncio.Event().wait()
        finally:
            self.closed += 1


async def message(reader: aiohttp.StreamReader | asyncio.StreamReader) -> dict[str, Any]:
    """The next message: its fields, with the data decoded; comments and the retry line are passed over."""
    while True:
        fields: dict[str, Any] = {}
        while line := (await reader.readline()).decode().rstrip("\n"):
            name, _, value = line.partition(": ")
            fields[name] = value
        if "data" in fields:
            return {**fields, "data": json.loads(fields["data"])}


async def test_events_carry_their_numbers_and_a_reader_goes_on_after_the_last(
    open_door: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = Source(last=7, text="日本\n<b>")
    with offered(monkeypatch, source.verb):
        door = await open_door()
    async with aiohttp.ClientSession(door.url) as client:
        with offered(monkeypatch, source.verb):
            async with client.get("/api/source?after=1", headers={"Last-Event-ID": "5"}) as answer:
                assert answer.content_type == "text/event-stream"
                assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
                first, second = await message(answer.content), await message(answer.content)
            assert (first["id"], second["id"]) == ("6", "7")
            assert first["data"] == {"seq": 6, "text": "日本\n<b>"}
            async with client.get("/api/source", headers={"Last-Event-ID": "five"}) as answer:
                assert answer.status == 400
            async with client.head("/api/source") as answer:
                assert (answer.status, answer.content_type) == (200, "text/event-stream")
    await eventually(lambda: source.closed == 1)


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("*/*", "text/event-stream"),
        ("text/event-stream", "text/event-stream"),
        ("application/json, text/event-stream", "text/event-stream"),
        ("application/json", "application/json"),
    ],
)
async def test_where_a_list_and_a_stream_share_a_path_the_list_is_for_who_wants_json(
    open_door: Open, monkeypatch: pytest.MonkeyPatch, accept: str, kind: str
) -> None:
    async def list_them(_: Call[Nothing]) -> Answer:
        return {"items": []}

    source = Source(last=0)
    listing = Verb("test.list", "List.", Nothing, Role.LOOK, list_them, routes=source.verb.routes)
    with offered(monkeypatch, source.verb), offered(monkeypatch, listing):
        door = await open_door()
        named = {"Accept": accept}
        async with aiohttp.ClientSession(door.url) as client, client.get("/api/source", headers=named) as answer:
            assert (answer.status, answer.content_type) == (200, kind)


@pytest.mark.parametrize(("fault", "code"), [(Busy("you read too slowly"), "busy"), (RuntimeError("x"), "internal")])
async def test_a_stream_that_cannot_go_on_says_why(
    open_door: Open, monkeypatch: pytest.MonkeyPatch, fault: Exception, code: str
) -> None:
    source = Source(last=1, fault=fault)
    # Captured, for to show a traceback on the terminal reads source files, and that on the loop.
    with offered(monkeypatch, source.verb), structlog.testing.capture_logs():
        door = await open_door()
        async with aiohttp.ClientSession(door.url) as client, client.get("/api/source") as answer:
            await message(answer.content)
            last = await message(answer.content)
            assert (last["event"], last["data"]["error"]["code"]) == ("error", code)
            assert await answer.content.read() == b""


async def test_silence_is_filled_with_comments(open_door: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    source = Source(last=0)
    with offered(monkeypatch, source.verb):
        door = await open_door(heartbeat=0.05)
        async with await Raw.to(door) as raw:
            raw.get("/api/source")
            await raw.reader.readuntil(b": still here\n\n")
            await raw.reader.readuntil(b": still here\n\n")


async def test_a_reader_who_leaves_ends_the_stream(open_door: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    source = Source(last=0)
    with offered(monkeypatch, source.verb):
        door = await open_door()
        async with await Raw.to(door) as raw:
            raw.get("/api/source")
            await raw.reader.readuntil(b"retry: 2000")
        await eventually(lambda: source.closed == 1)


async def test_a_reader_who_never_reads_is_cut_off_while_others_are_served(
    open_door: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = Source(text="x" * 60_000)
    with offered(monkeypatch, source.verb):
        door = await open_door(unread_deadline=0.3, unread_bytes=65_536)
        async with await Raw.to(door, "127.0.0.2") as unread, aiohttp.ClientSession(door.url) as client:
            unread.writer.transport.pause_reading()  # type: ignore[attr-defined]  # a transport of both directions
            unread.get("/api/source")
            async with client.get("/api/agents") as answer:
                assert answer.status == 200
            await eventually(lambda: source.closed == 1)


async def test_there_may_be_only_so_many_streams(open_door: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    source = Source(last=0)
    with offered(monkeypatch, source.verb):
        door = await open_door(streams=1)
        async with await Raw.to(door) as first, await Raw.to(door) as second:
            first.get("/api/source")
            await first.reader.readuntil(b"retry: 2000")
            second.get("/api/source")
            answer = await second.answer()
            assert (answer.status, answer.error["code"]) == (503, "busy")


@pytest.mark.parametrize("reading", [True, False])
async def test_closing_ends_open_streams_read_or_not(
    open_door: Open, monkeypatch: pytest.MonkeyPatch, reading: bool
) -> None:
    source = Source(last=0 if reading else None, text="x" * 60_000)
    with offered(monkeypatch, source.verb):
        door = await open_door(closing_deadline=0.2)
        async with await Raw.to(door) as stream, await Raw.to(door) as idle, await Raw.to(door) as half:
            if not reading:
                stream.writer.transport.pause_reading()  # type: ignore[attr-defined]  # as above
            stream.get("/api/source")
            if reading:
                await stream.reader.readuntil(b"retry: 2000")
            idle.get("/healthz")
            assert (await idle.answer()).status == 200
            half.send("GET / HTTP/1.1\r\n")
            await _close(door)
            assert await idle.ended() == b""
            with pytest.raises(ConnectionError):
                await Raw.to(door)
    await eventually(lambda: source.closed == 1)


async def _close(door: Web) -> None:
    await door.close()
    await door.close()
