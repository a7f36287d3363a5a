import random
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from orchestratord.journal import Journal
from tests.wait import eventually

NOW = 1_795_486_530.0


@pytest.fixture
def path(state_dir: Path) -> Path:
    return state_dir / "journal.sqlite"


async def _fill(path: Path, count: int = 40) -> None:
    journal = await Journal.open(path)
    for number in range(count):
        journal.append("agent.state", "boss", number=number, text="x" * 50)
    journal.remember("agent/boss", {"pid": 1})
    await journal.close()


async def _expect_set_aside(path: Path) -> None:
    """The journal runs, on a new file; the damaged one still exists and an event says where."""
    journal = await Journal.open(path, clock=lambda: NOW)
    assert journal.degraded is None
    journal.append("after")
    first, second = await journal.read()
    assert (first.kind, second.kind) == ("journal.set_aside", "after")
    assert first.seq > 1_000_000_000_000, "numbers go on above whatever was given before"
    assert first.data["why"]
    assert Path(str(first.data["file"])).exists()
    assert "damaged-20261124T" in str(first.data["file"])
    assert await journal.recall() == {}
    await journal.close()


@pytest.mark.parametrize(
    "spoil",
    [
        lambda _: b"this is not a database at all\n" * 200,
        lambda whole: b"\0" * len(whole),
        lambda whole: whole[:50],
        lambda whole: whole[: len(whole) // 2],
        lambda whole: whole[:4096],
        lambda whole: whole.replace(b"CREATE TABLE events", b"CREATE TABLE evenus"),
        lambda whole: whole.replace(b"agent TEXT", b"agenu TEXT"),
        lambda whole: whole[:18] + b"\x03\x03" + whole[20:],
        lambda whole: whole[:59] + b"\x02" + whole[60:],
        lambda whole: whole[:60] + b"\xff\xff\xff\xff" + whole[64:],
        lambda whole: whole[:60] + b"\x00\x00\x00\x00" + whole[64:],
        lambda whole: whole[:60] + b"\x00\x01\x00\x01" + whole[64:],
        lambda whole: whole[:68] + b"\x00\x00\x00\x01" + whole[72:],
    ],
    ids=[
        "text", "zeros", "half a header", "half a file", "one page", "table's name", "column's name", "write version",
        "encoding", "negative version", "version 0 with tables", "a version from far away", "another program's",
    ],
)  # fmt: skip
async def test_a_damaged_file_is_set_aside_and_a_new_one_begun(path: Path, spoil: Callable[[bytes], bytes]) -> None:
    await _fill(path)
    path.write_bytes(spoil(path.read_bytes()))
    await _expect_set_aside(path)


async def test_whichever_bit_flips_the_journal_opens_reads_and_writes(path: Path, state_dir: Path) -> None:
    await _fill(path, 12)
    whole = path.read_bytes()
    dice = random.Random(2)
    places = [*range(0, 100, 2), *(dice.randrange(100, len(whole)) for _ in range(50))]
    # The schema's text, where a flipped letter still makes a sound database of another shape.
    start = whole.index(b"CREATE TABLE events")
    places += range(start - 40, start + 160, 10)
    for place in places:
        folder = state_dir / "one"
        spoiled = bytearray(whole)
        spoiled[place] ^= 1 << dice.randrange(8)
        folder.mkdir()
        (folder / "journal.sqlite").write_bytes(spoiled)
        journal = await Journal.open(folder / "journal.sqlite")
        seq = journal.append("after", "boss").seq
        events = await journal.read(limit=10_000)
        assert [event.seq for event in events if event.kind == "after"] == [seq], f"byte {place}"
        assert all(event.as_json() for event in events)
        await journal.close()
        shutil.rmtree(folder)


async def test_damage_met_while_running_costs_the_past_but_no_event_and_no_fact(path: Path) -> None:
    await _fill(path, 400)
    journal = await Journal.open(path)
    assert len(await journal.read()) == 400
    size = path.stat().st_size
    with path.open("r+b") as file:
        for page in range(1, size // 4096):
            file.seek(page * 4096)
            file.write(b"\xff" * 4096)
    # SQLite keeps pages in memory; a reader of its own meets the damage first.
    await journal.read(kinds=["agent.state"])
    journal.append("after")
    await eventually(lambda: journal.degraded is None)
    kinds = [event.kind for event in await journal.read()]
    assert "journal.set_aside" in kinds
    assert kinds.count("after") == 1
    await journal.close()

    journal = await Journal.open(path)
    assert await journal.recall() == {"agent/boss": {"pid": 1}}
    await journal.close()


async def test_a_file_removed_under_the_journal_is_noticed_and_begun_anew(path: Path) -> None:
    journal = await Journal.open(path, retry_every=0.01)
    journal.append("before")
    journal.remember("agent/boss", 1)
    await journal.flush()
    for file in path.parent.iterdir():
        file.unlink()
    journal.append("after")
    await eventually(lambda: journal.degraded is None and path.exists())
    await journal.flush()
    assert [event.kind for event in await journal.read()] == ["after", "journal.degraded", "journal.recovered"]
    await journal.close()
    journal = await Journal.open(path)
    assert await journal.recall() == {"agent/boss": 1}
    await journal.close()


async def test_text_that_is_damaged_inside_a_sound_structure_is_shown_as_it_is(path: Path) -> None:
    await _fill(path, 2)
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE events SET data = '{\"cut' WHERE seq = 1")
        connection.execute("UPDATE events SET kind = CAST(x'61ff' AS TEXT) WHERE seq = 2")
    connection.close()
    journal = await Journal.open(path)
    first, second = await journal.read()
    assert first.data == {"unreadable": '{"cut'}
    assert second.kind == "a\ufffd"
    await journal.close()


async def test_two_damaged_files_of_one_second_are_both_kept(path: Path) -> None:
    for _ in range(2):
        path.write_bytes(b"nothing" * 100)
        await _expect_set_aside(path)
    assert len(list(path.parent.glob("*.damaged-*"))) == 2
