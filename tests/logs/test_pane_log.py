import os
import signal
import subprocess
import sys
from pathlib import Path

from orchestratord.logs import command
from orchestratord.logs.rotation import RotatingFile
from tests.wait import until


def _rotated(path: Path) -> list[Path]:
    return sorted(path.parent.glob(f"{path.name}.*"))


def _whole(path: Path) -> bytes:
    return b"".join(part.read_bytes() for part in (*_rotated(path), path) if part.exists())


def test_four_hundred_thousand_lines_at_full_speed_lose_no_byte(place: Path) -> None:
    path = place / "logs" / "agent_boss.log"
    flood = "import sys; sys.stdout.writelines(f'{n:06} \\x1b[31m待機 {\"x\" * (n % 60)}\\n' for n in range(400_000))"
    feed = subprocess.Popen([sys.executable, "-c", flood], stdout=subprocess.PIPE, env={"PYTHONUTF8": "1"})
    log = subprocess.run(command(path, 1_000_000), stdin=feed.stdout, capture_output=True, check=True, timeout=100)
    assert feed.stdout is not None
    feed.stdout.close()
    assert feed.wait() == 0
    assert (log.stdout, log.stderr) == (b"", b"")

    parts = [*_rotated(path), path]
    assert len(parts) > 10
    # A line that the pipe hands over in two pieces is finished before its file is.
    assert all(part.stat().st_size <= 1_000_000 + 100 for part in parts)
    assert all(part.read_bytes().endswith(b"\n") for part in parts)
    lines = _whole(path).decode().splitlines()
    assert lines == [f"{n:06} \x1b[31m待機 {'x' * (n % 60)}" for n in range(400_000)]
    assert path.stat().st_mode & 0o777 == 0o640


def test_it_ends_with_its_pipe_and_with_no_signal(place: Path) -> None:
    path = place / "agent.log"
    log = subprocess.Popen(command(path, 1_000_000), stdin=subprocess.PIPE)
    assert log.stdin is not None
    log.stdin.write(b"first ")
    log.stdin.flush()
    until(lambda: path.exists() and path.read_bytes() == b"first ")
    for number in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM):
        log.send_signal(number)
    log.stdin.write(b"last")
    log.stdin.close()
    assert log.wait() == 0
    assert path.read_bytes() == b"first last"


def test_a_line_without_end_is_cut_at_twice_the_size(place: Path) -> None:
    path = place / "agent.log"
    file = RotatingFile(str(path), 1000)
    for _ in range(100):
        file.write(b"x" * 77)
    file.close()
    assert _whole(path) == b"x" * 7700
    assert all(part.stat().st_size <= 2000 for part in _rotated(path))
    assert len(_rotated(path)) == 3


def test_only_so_many_rotated_files_stay_and_no_number_comes_twice(place: Path) -> None:
    path = place / "agent.log"
    file = RotatingFile(str(path), 10, keep=2)
    for number in range(6):
        file.write(f"line {number:03}\n".encode())
    assert [part.name for part in _rotated(path)] == ["agent.log.000004", "agent.log.000005"]
    assert _whole(path) == b"line 003\nline 004\nline 005\n"
    (place / "archive").mkdir()
    for part in _rotated(path):
        part.rename(place / "archive" / f"{part.name}.gz")
    file.write(b"line 006\n")
    assert [part.name for part in _rotated(path)] == ["agent.log.000006"]
    file.close()


def test_two_writers_of_one_file_lose_nothing(place: Path) -> None:
    path = place / "agent.log"
    old, new = RotatingFile(str(path), 100), RotatingFile(str(path), 100)
    for number in range(200):
        (old, new)[number % 2].write(f"{number:08}\n".encode())
    old.close()
    new.close()
    assert sorted(_whole(path).splitlines()) == [f"{number:08}".encode() for number in range(200)]


def test_a_file_that_is_moved_or_removed_is_begun_anew(place: Path) -> None:
    path = place / "logs" / "agent.log"
    file = RotatingFile(str(path), 1000)
    file.write(b"one\n")
    path.rename(place / "elsewhere")
    file.write(b"two\n")
    assert path.read_bytes() == b"two\n"
    path.unlink()
    path.parent.rmdir()
    file.write(b"three\n")
    assert path.read_bytes() == b"three\n"
    file.close()


def test_a_disk_that_takes_nothing_stops_nobody_and_the_loss_is_told(place: Path) -> None:
    path = place / "agent.log"
    # Every write there fails with ENOSPC, whoever writes.
    path.symlink_to("/dev/full")
    file = RotatingFile(str(path), 1000)
    file.write(b"lost\n")
    file.write(b"lost too\n")
    path.unlink()
    file.write(b"here again\n")
    file.close()
    assert path.read_bytes() == b"\n[14 bytes were not written: No space left on device]\nhere again\n"


def test_it_imports_nothing_that_would_weigh(place: Path) -> None:
    program = command(place / "agent.log", 1000)
    told = subprocess.run(
        [*program[:3], "-X", "importtime", *program[3:]], stdin=subprocess.DEVNULL, capture_output=True, text=True,
        env=dict(os.environ), check=True, timeout=60,
    ).stderr  # fmt: skip
    loaded = {line.rsplit("|", 1)[1].strip() for line in told.splitlines() if "|" in line}
    assert not loaded & {"typing", "pathlib", "logging", "re", "asyncio", "structlog"}
