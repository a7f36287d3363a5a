import asyncio
from pathlib import Path

import pytest

from orchestratord.journal import Journal, Subscription, TooSlow
from tests.wait import eventually


@pytest.fixture
def path(state_dir: Path) -> Path:
    return state_dir / "journal.sqlite"


async def _take(events: Subscription, count: int) -> list[int]:
    return [(await anext(events)).seq for _ in range(count)]


async def test_replay_and_live_are_one_row_without_gaps_or_doubles(path: Path) -> None:
    journal = await Journal.open(path)
    for _ in range(1200):
        journal.append("old")

    async def read_all(after: int) -> list[int]:
        with journal.subscribe(after) as events:
            return await _take(events, 3000 - after)

    readers = [asyncio.create_task(read_all(after)) for after in (0, 1, 499, 500, 1199, 1200)]
    for _ in range(1800):
        journal.append("new")
        await asyncio.sleep(0)
    for after, reader in zip((0, 1, 499, 500, 1199, 1200), readers, strict=True):
        assert await reader == list(range(after + 1, 3001))
    await journal.close()


async def test_without_a_number_only_what_comes_is_given(path: Path) -> None:
    journal = await Journal.open(path)
    journal.append("before, and not durable yet")
    with journal.subscribe() as events:
        journal.append("after")
        assert (await anext(events)).kind == "after"
    await journal.close()


async def test_a_subscriber_gets_an_event_only_once_it_is_on_the_disk(path: Path) -> None:
    journal = await Journal.open(path)
    beside = await Journal.open(path)
    with journal.subscribe() as events:
        for number in range(50):
            journal.append("tick")
            seq = (await anext(events)).seq
            assert seq == number + 1
            assert [event.seq for event in await beside.read(after=number)] == [seq]
    await journal.close()
    await beside.close()


async def test_a_reader_that_lags_is_told_and_slows_nobody(path: Path) -> None:
    journal = await Journal.open(path)
    with journal.subscribe(capacity=10) as slow, journal.subscribe(capacity=100) as quick:
        for _ in range(11):
            journal.append("tick")
        assert await _take(quick, 11) == list(range(1, 12))
        await journal.flush()
        with pytest.raises(TooSlow, match="more than 10 events"):
            await anext(slow)
    await journal.close()


async def test_a_long_replay_does_not_count_as_lagging(path: Path) -> None:
    journal = await Journal.open(path)
    with journal.subscribe(0, capacity=5) as events:
        for _ in range(100):
            journal.append("tick")
        await journal.flush()
        assert await _take(events, 100) == list(range(1, 101))
    await journal.close()


async def test_closing_ends_a_reader_that_waits(path: Path) -> None:
    journal = await Journal.open(path)
    events = journal.subscribe(0)
    waiting = asyncio.create_task(anext(events, None))
    await asyncio.sleep(0)
    await journal.close()
    assert await waiting is None


async def test_a_number_that_is_not_given_yet_waits_for_its_successor(path: Path) -> None:
    journal = await Journal.open(path)
    with journal.subscribe(2) as events:
        waiting = asyncio.create_task(_take(events, 1))
        for _ in range(3):
            journal.append("tick")
        await eventually(waiting.done)
        assert await waiting == [3]
    await journal.close()
