import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from orchestratord.journal import Event, Journal

WRITER = """
import asyncio, sys
from pathlib import Path
from orchestratord.journal import Journal

async def main():
    journal = await Journal.open(Path(sys.argv[1]))
    while True:
        for _ in range(7):
            event = journal.append("agent.state", "boss", state="idle")
            journal.remember("last", event.seq)
        await journal.flush()
        print(event.seq, flush=True)

asyncio.run(main())
"""


@pytest.fixture
def path(state_dir: Path) -> Path:
    return state_dir / "journal.sqlite"


async def test_what_was_appended_is_read_in_order_and_after_a_restart_too(path: Path) -> None:
    journal = await Journal.open(path, clock=lambda: 1000.5)
    journal.append("daemon.started")
    journal.append(
        "agent.exited", "boss", status=None, cause="killed", words=["ü", "漢", "\udc80", "\0"], nested={"a": 1}
    )
    before = await journal.read()
    await journal.close()

    assert [event.seq for event in before] == [1, 2]
    assert before[0] == Event(1, 1000.5, "daemon.started", None, {})
    assert before[1].as_json() == {
        "seq": 2, "at": 1000.5, "kind": "agent.exited", "agent": "boss",
        "data": {"status": None, "cause": "killed", "words": ["ü", "漢", "\udc80", "\0"], "nested": {"a": 1}},
    }  # fmt: skip
    assert path.stat().st_mode & 0o777 == 0o600

    journal = await Journal.open(path)
    assert journal.degraded is None
    assert await journal.read() == before
    assert journal.append("daemon.started").seq == 3
    await journal.close()


async def test_reading_narrows_by_number_kind_family_and_agent(path: Path) -> None:
    journal = await Journal.open(path)
    for number in range(10):
        journal.append("agent.state", f"a{number % 2}")
        journal.append("agents_are_another_family")
        journal.append("agent.exited", "a0")

    async def numbers(**narrow: object) -> list[int]:
        return [event.seq for event in await journal.read(**narrow)]  # type: ignore[arg-type]  # one spelling for all

    assert await numbers(after=27) == [28, 29, 30]
    assert await numbers(before=3) == [1, 2]
    assert await numbers(limit=2) == [1, 2]
    assert await numbers(limit=2, newest=True) == [29, 30]
    assert await numbers(kinds=["agent.exited"], before=7) == [3, 6]
    assert await numbers(kinds=["agent.*"], before=7) == [1, 3, 4, 6]
    assert await numbers(kinds=["agent.exited", "agents_are_another_family"], before=4) == [2, 3]
    assert await numbers(agent="a1", limit=2) == [4, 10]
    assert await numbers(agent="' OR 1=1 --") == []
    await journal.close()


async def test_facts_are_kept_by_key_and_forgotten_with_none(path: Path) -> None:
    journal = await Journal.open(path)
    journal.remember("agent/boss", {"pid": 1, "held": False})
    journal.remember("agent/worker", {"pid": 2})
    journal.remember("token", "x")
    journal.remember("agent/boss", {"pid": 3})
    journal.remember("token", None)
    assert await journal.recall("agent/") == {"agent/boss": {"pid": 3}, "agent/worker": {"pid": 2}}
    await journal.close()

    journal = await Journal.open(path)
    assert await journal.recall() == {"agent/boss": {"pid": 3}, "agent/worker": {"pid": 2}}
    await journal.close()


async def test_a_listener_hears_at_once_and_until_it_stops(path: Path) -> None:
    journal = await Journal.open(path)
    heard: list[int] = []
    unlisten = journal.listen(lambda event: heard.append(event.seq))
    journal.append("one")
    assert heard == [1]
    unlisten()
    unlisten()
    journal.append("two")
    assert heard == [1]
    await journal.close()


@pytest.mark.parametrize("spoil", [{"x": float("nan")}, {"x": object()}])
async def test_what_json_cannot_hold_is_refused_where_it_is_appended(path: Path, spoil: dict[str, object]) -> None:
    journal = await Journal.open(path)
    with pytest.raises((TypeError, ValueError)):
        journal.append("kind", **spoil)  # type: ignore[arg-type]  # that is the point
    with pytest.raises(ValueError, match="surrogates"):
        journal.append("kind\udc80")
    assert journal.append("kind").seq == 1
    assert len(await journal.read()) == 1
    await journal.close()


async def test_pruning_deletes_what_is_older_and_gives_no_number_twice(path: Path) -> None:
    now = 0.0

    def clock() -> float:
        return now

    journal = await Journal.open(path, clock=clock)
    for now in (1.0, 2.0, 9.0, 3.0, 10.0):  # noqa: B007  the clock reads it; it is set back once
        journal.append("tick")
    assert await journal.prune(5.0) == 2
    assert [event.seq for event in await journal.read()] == [3, 4, 5]
    assert await journal.prune(100.0) == 3
    await journal.close()
    assert await journal.prune(100.0) == 0

    journal = await Journal.open(path, clock=clock)
    assert journal.append("tick").seq == 6
    await journal.close()


async def test_a_long_pruning_lets_others_write(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("orchestratord.journal.database._PRUNED_AT_ONCE", 10)
    journal = await Journal.open(path, clock=lambda: 1.0)
    for _ in range(95):
        journal.append("tick")
    assert await journal.prune(2.0) == 95
    assert await journal.read() == []
    await journal.close()


async def test_a_closed_journal_takes_no_harm_from_latecomers(path: Path) -> None:
    journal = await Journal.open(path)
    journal.append("one")
    await journal.close()
    await journal.close()
    journal.append("late")
    journal.remember("late", 1)
    await journal.flush()
    assert [event.kind for event in await journal.read()] == ["one"]
    with journal.subscribe() as events:
        assert [event async for event in events] == []


@pytest.mark.parametrize("rounds", [1, 20])
def test_a_killed_writer_loses_nothing_that_was_flushed(path: Path, place: Path, rounds: int) -> None:
    child = subprocess.Popen([sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    flushed = 0
    for _ in range(rounds):
        flushed = int(child.stdout.readline())
    child.kill()
    for line in child.stdout.read().splitlines():
        flushed = int(line)
    child.stdout.close()
    child.wait()
    _expect_whole(path, at_least=flushed)


def _expect_whole(path: Path, *, at_least: int) -> None:
    connection = sqlite3.connect(path)
    numbers: list[int] = [row[0] for row in connection.execute("SELECT seq FROM events ORDER BY seq")]
    (last,) = connection.execute("SELECT value FROM facts WHERE key = 'last'").fetchone()
    connection.close()
    assert numbers == list(range(1, len(numbers) + 1))
    assert len(numbers) >= at_least
    # A fact and its event are ordered: never the fact without what came before it.
    assert len(numbers) - 1 <= int(last) <= len(numbers)


async def test_the_journal_of_a_killed_writer_opens_without_complaint(path: Path, place: Path) -> None:
    child = subprocess.Popen([sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    flushed = int(child.stdout.readline())
    child.kill()
    child.stdout.close()
    child.wait()
    journal = await Journal.open(path)
    events = await journal.read(limit=1_000_000)
    assert len(events) >= flushed
    assert {event.kind for event in events} == {"agent.state"}
    await journal.close()
