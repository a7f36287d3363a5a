"""Work that outlives its client, and a door that closes while there is some."""

from orchestratord.verbs.house import House
from orchestratord.web.server import Web
from tests.straw import straw_of
from tests.wait import eventually
from tests.web_door.conftest import Open
from tests.web_door.raw import Raw


def stop_all(raw: Raw, secret: str) -> None:
    raw.send(
        f"POST /api/cluster/stop HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {secret}\r\n"
        "Content-Length: 0\r\n\r\n"
    )


async def outcomes(house: House) -> list[object]:
    await house.journal.flush()
    return [event.data["outcome"] for event in await house.journal.read(kinds=["operator.command"])]


async def test_a_change_is_finished_though_its_client_has_gone(door: Web, house: House, secret: str) -> None:
    straw = straw_of(house)
    straw.done.clear()
    async with await Raw.to(door) as raw:
        stop_all(raw, secret)
        await eventually(lambda: straw.asked)
    async with await Raw.to(door) as raw:
        raw.get("/healthz")
        assert (await raw.answer()).status == 200
    assert await outcomes(house) == []
    straw.done.set()
    await eventually(lambda: outcomes(house))
    assert await outcomes(house) == ["done"]


async def test_closing_lets_a_request_finish_and_answers_it(open_door: Open, house: House, secret: str) -> None:
    door = await open_door(closing_deadline=30.0)
    straw = straw_of(house)
    straw.done.clear()
    async with await Raw.to(door) as raw:
        stop_all(raw, secret)
        await eventually(lambda: straw.asked)
        straw.done.set()
        await door.close()
        assert (await raw.answer()).status == 200


async def test_closing_does_not_wait_for_ever(open_door: Open, house: House, secret: str) -> None:
    door = await open_door(closing_deadline=0.1)
    straw = straw_of(house)
    straw.done.clear()
    async with await Raw.to(door) as stays, await Raw.to(door) as leaves:
        stop_all(stays, secret)
        stop_all(leaves, secret)
        await eventually(lambda: len(straw.asked) == 2)
        leaves.writer.transport.abort()
        await door.close()
        assert await stays.ended() == b""
    assert await outcomes(house) == ["cancelled", "cancelled"]
