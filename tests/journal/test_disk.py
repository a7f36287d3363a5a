import json
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from orchestratord.journal import Journal
from tests.wait import eventually

# A limit on the size of files is as good as a full disk, needs no rights, and can be lifted again.
FULL_DISK = """
import asyncio, json, resource, sys
from pathlib import Path
from orchestratord.journal import Journal

def room(size):
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))

async def main():
    journal = await Journal.open(Path(sys.argv[1]), retry_every=0.02)
    journal.append("before")
    await journal.flush()
    events = journal.subscribe(0)
    room(150_000)
    number = 0
    while journal.degraded is None:
        number += 1
        journal.append("filling", number=number, text="x" * 1000)
        await journal.flush()
    why = journal.degraded
    journal.remember("kept", number)
    journal.append("in memory")
    await journal.flush()
    meanwhile = [event.seq for event in await journal.read(limit=100_000)]
    room(resource.RLIM_INFINITY)
    while journal.degraded is not None:
        await asyncio.sleep(0.01)
    last = journal.append("end").seq
    followed = []
    async for event in events:
        followed.append(event.seq)
        if event.seq == last:
            break
    recovered = (await journal.read(kinds=["journal.recovered"]))[0]
    await journal.close()
    print(json.dumps({"why": why, "meanwhile": meanwhile, "followed": followed, "data": dict(recovered.data),
                      "number": number}))

asyncio.run(main())
"""


@pytest.fixture
def path(state_dir: Path) -> Path:
    return state_dir / "journal.sqlite"


def test_a_full_disk_degrades_to_memory_and_loses_nothing(path: Path, place: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", FULL_DISK, str(path)], capture_output=True, text=True, timeout=100, check=False
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["why"]
    assert told["meanwhile"] == list(range(1, len(told["meanwhile"]) + 1))
    assert told["followed"] == list(range(1, len(told["followed"]) + 1))
    assert told["data"]["lost"] == 0
    assert told["data"]["kept"] >= 2

    connection = sqlite3.connect(path)
    stored = [row[0] for row in connection.execute("SELECT seq FROM events ORDER BY seq")]
    kinds = {row[0] for row in connection.execute("SELECT kind FROM events")}
    facts = connection.execute("SELECT value FROM facts WHERE key = 'kept'").fetchone()
    connection.close()
    assert stored == told["followed"]
    assert {"journal.degraded", "journal.recovered", "in memory"} <= kinds
    assert facts == (str(told["number"]),)


async def test_where_nothing_can_be_written_the_journal_lives_in_memory_until_it_can(place: Path) -> None:
    wall = place / "state"
    wall.write_text("a file where a folder should be")
    journal = await Journal.open(wall / "journal.sqlite", retry_every=0.01)
    assert journal.degraded is not None
    journal.append("one", "boss")
    journal.remember("key", "value")
    with journal.subscribe(0) as events:
        assert [(await anext(events)).kind for _ in range(2)] == ["journal.degraded", "one"]
        assert [event.kind for event in await journal.read()] == ["journal.degraded", "one"]
        assert [event.kind for event in await journal.read(agent="boss", kinds=["one"])] == ["one"]
        assert [event.kind for event in await journal.read(limit=1, newest=True)] == ["one"]
        assert await journal.prune(float("inf")) == 0

        wall.unlink()
        await eventually(lambda: journal.degraded is None)
        recovered = await anext(events)
    assert recovered.kind == "journal.recovered"
    assert recovered.data == {"kept": 2, "lost": 0}
    await journal.close()

    journal = await Journal.open(wall / "journal.sqlite")
    assert [event.kind for event in await journal.read()] == ["journal.degraded", "one", "journal.recovered"]
    assert await journal.recall() == {"key": "value"}
    await journal.close()


async def test_what_memory_could_not_hold_is_counted(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("orchestratord.journal.backlog._LIMIT", 5)
    wall = place / "state"
    wall.touch()
    journal = await Journal.open(wall / "journal.sqlite", retry_every=0.01)
    for _ in range(9):
        journal.append("tick")
    await journal.flush()
    assert len(await journal.read()) == 5
    wall.unlink()
    await eventually(lambda: journal.degraded is None)
    (recovered,) = await journal.read(kinds=["journal.recovered"])
    assert recovered.data == {"kept": 5, "lost": 5}
    await journal.close()


async def test_a_later_releases_file_is_left_as_it_is(path: Path) -> None:
    journal = await Journal.open(path)
    journal.append("one")
    await journal.close()
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 7")
    connection.close()
    before = path.read_bytes()

    journal = await Journal.open(path, retry_every=0.01)
    assert journal.degraded is not None
    assert "later release" in journal.degraded
    journal.append("two")
    assert [event.kind for event in await journal.read(newest=True, limit=1)] == ["two"]
    await journal.close()
    assert path.read_bytes() == before
    assert not list(path.parent.glob("*.damaged-*"))


async def test_somebody_who_locks_the_file_costs_nothing(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("orchestratord.journal.opening._PATIENCE", 0.01)
    journal = await Journal.open(path, retry_every=0.01)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    journal.append("one")
    await eventually(lambda: journal.degraded is not None)
    other.execute("ROLLBACK")
    other.close()
    await eventually(lambda: journal.degraded is None)
    assert [event.kind for event in await journal.read()] == ["one", "journal.degraded", "journal.recovered"]
    await journal.close()
