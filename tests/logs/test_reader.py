import asyncio
import os
from pathlib import Path

import pytest

from orchestratord.logs import follow, tail
from orchestratord.logs.rotation import RotatingFile
from orchestratord.logs.trail import Trail
from tests.wait import eventually


@pytest.fixture
def path(place: Path) -> Path:
    return place / "agent.log"


class Reader:
    """Follows a log in a task; ``text`` is what it has seen."""

    def __init__(self, path: Path, lines: int = 0) -> None:
        self.text = ""
        self._pieces = follow(path, lines=lines, interval=0.001)
        self._task = asyncio.create_task(self._read())

    async def _read(self) -> None:
        async for piece in self._pieces:
            self.text += piece

    async def close(self) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)


def test_a_tail_reaches_back_across_rotations(path: Path) -> None:
    file = RotatingFile(str(path), 100)
    for number in range(100):
        file.write(f"line {number}\n".encode())
    file.close()
    assert tail(path, 3) == ["line 97", "line 98", "line 99"]
    assert tail(path, 60) == [f"line {number}" for number in range(40, 100)]
    assert tail(path, 1000) == [f"line {number}" for number in range(100)]
    assert tail(path, 0) == []
    path.unlink()
    assert tail(path, 1000)[-1] != "line 99"


def test_a_tail_of_nothing_is_nothing_and_of_half_a_line_is_that_half(path: Path) -> None:
    assert tail(path, 10) == []
    path.write_bytes(b"")
    assert tail(path, 10) == []
    path.write_bytes(b"\xe5\xbe\x85 half\r\x0b\xe2\x80\xa8 \xff")
    assert tail(path, 10) == ["待 half\r\x0b\u2028 \ufffd"]
    path.write_bytes(b"\n\na\n\n")
    assert tail(path, 10) == ["", "", "a", ""]


def test_blocks_that_cut_lines_and_characters_do_no_harm(path: Path) -> None:
    lines = [f"{number} {'待機' * 50}" for number in range(2000)]
    path.write_text("".join(f"{line}\n" for line in lines))
    assert tail(path, 1500) == lines[-1500:]


@pytest.mark.parametrize("line", ['{{"timestamp": "{}", "level": "INFO"}}', "{} INFO event"])
def test_since_goes_by_the_time_in_the_line(path: Path, line: str) -> None:
    stamps = ["2026-11-24T02:00:00.000001Z", "2026-11-24T02:10:00.5Z", "2026-11-24T02:20:00Z"]
    path.write_text("".join(f"{line.format(stamp)}\n  and more of it\n" for stamp in stamps))
    assert tail(path, 100, since=1795486200.5) == tail(path, 4)
    assert tail(path, 100, since=1795486200.6) == tail(path, 2)
    assert tail(path, 100, since=1795486801) == []
    assert tail(path, 100, since=0) == tail(path, 6)


def test_since_takes_a_log_without_times_by_the_file(path: Path) -> None:
    (older := path.with_name("agent.log.000001")).write_text("older\n")
    path.write_text("newer\n")
    os.utime(older, (1000, 1000))
    os.utime(path, (2000, 2000))
    assert tail(path, 10, since=1500) == ["newer"]
    assert tail(path, 10, since=2500) == []


async def test_following_misses_and_doubles_nothing_across_many_rotations(path: Path) -> None:
    file = RotatingFile(str(path), 500)
    expected = ""

    def write(count: int) -> None:
        nonlocal expected
        for _ in range(count):
            line = f"line {len(expected)} 待機\n"
            expected += line
            # In two parts, in the middle of a character.
            whole = line.encode()
            file.write(whole[:-3])
            file.write(whole[-3:])

    await asyncio.to_thread(write, 100)
    reader = Reader(path, lines=10)
    from_here = "".join(f"{line}\n" for line in expected.splitlines()[-10:])
    await eventually(lambda: reader.text == from_here)
    before = len(expected)
    for count in (1, 5, 300, 2, 1000):
        await asyncio.to_thread(write, count)
        await eventually(lambda: reader.text == from_here + expected[before:], what="the reader's text")
    await reader.close()
    file.close()


async def test_a_log_that_comes_later_is_followed_from_its_beginning(path: Path) -> None:
    reader = Reader(path, lines=5)
    await asyncio.sleep(0)
    path.write_text("first\n")
    await eventually(lambda: reader.text == "first\n")
    path.write_text("")
    await asyncio.sleep(0.01)
    with path.open("a") as file:
        file.write("2\n")
    await eventually(lambda: reader.text == "first\n2\n")
    await reader.close()


async def test_a_log_that_is_moved_away_is_read_to_its_end_first(path: Path) -> None:
    path.write_text("one\n")
    reader = Reader(path, lines=5)
    await eventually(lambda: reader.text == "one\n")
    with path.open("a") as file:
        path.rename(path.with_name("agent.log.000001"))
        file.write("two\n")
    path.write_text("three\n")
    await eventually(lambda: reader.text == "one\ntwo\nthree\n")
    await reader.close()


async def test_a_follower_that_is_cancelled_at_any_moment_leaves_no_file_open(path: Path) -> None:
    path.write_text("line\n" * 1000)
    descriptors = Path("/proc/self/fd")
    before = len(list(descriptors.iterdir()))
    for turns in range(50):
        reader = Reader(path, lines=5)
        for _ in range(turns):
            await asyncio.sleep(0)
        await reader.close()
    await eventually(lambda: len(list(descriptors.iterdir())) == before)


@pytest.mark.parametrize("already", [0, 7])
def test_a_trail_goes_through_every_file_that_came_since_it_looked(path: Path, already: int) -> None:
    file = RotatingFile(str(path), 20)
    for _ in range(already):
        file.write(b"before\n")
    if not already:
        path.with_name("agent.log.000003").write_text("of long ago\n")
    trail = Trail(path)
    trail.to_end()
    for number in range(50):
        file.write(f"line {number}\n".encode())
    read = b""
    while piece := trail.read():
        read += piece
    assert read.decode() == "".join(f"line {number}\n" for number in range(50))
    trail.close()
    assert trail.read() == b""
    file.close()
