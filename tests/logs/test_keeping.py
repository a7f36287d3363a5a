import gzip
import os
from pathlib import Path

from orchestratord.logs import LogFile, Plan, apply, decide, keep_house, scan
from orchestratord.logs.rotation import RotatingFile

DAY = 86400.0
NOW = 1000 * DAY


def _file(path: Path, days: float, text: bytes = b"text\n") -> Path:
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(text)
    os.utime(path, (NOW - days * DAY, NOW - days * DAY))
    return path


def test_a_month_is_kept_as_it_is_three_months_compressed_and_no_longer() -> None:
    def at(name: str, days: float) -> LogFile:
        return LogFile(Path("/logs") / name, NOW - days * DAY)

    files = [
        at("a.log", 0), at("a.log.000003", 29.9), at("a.log.000002", 30.1), at("a.log.000001", 90.1),
        at("archive/b.log.000002.gz", 89), at("archive/b.log.000001.gz", 91),
        at("archive/c.log.000001.gz.part", 0.5), at("archive/c.log.000002.gz.part", 1.5), at("gone.log", 31),
    ]  # fmt: skip
    plan = decide(files, NOW)
    assert [path.name for path in plan.archive] == ["a.log.000002", "gone.log"]
    assert [path.name for path in plan.delete] == ["a.log.000001", "b.log.000001.gz", "c.log.000002.gz.part"]


def test_keeping_house_compresses_keeps_the_age_and_leaves_the_rest_alone(place: Path) -> None:
    old = _file(place / "agent_boss.log.000001", 40, b"from long ago\n" * 1000)
    _file(place / "agent_boss.log.000002", 3)
    _file(place / "agent_boss.log", 0)
    _file(place / "notes.txt", 400)
    (place / "link.log").symlink_to(place / "notes.txt")
    gone = _file(place / "archive" / "agent_boss.log.000000.gz", 100)
    done = keep_house(place, NOW)
    assert (done.archived, done.deleted, done.faults) == (1, 1, ())
    packed = place / "archive" / "agent_boss.log.000001.gz"
    assert gzip.decompress(packed.read_bytes()) == b"from long ago\n" * 1000
    assert packed.stat().st_mtime == NOW - 40 * DAY
    assert not old.exists()
    assert not gone.exists()
    assert sorted(path.name for path in place.iterdir()) == [
        "agent_boss.log", "agent_boss.log.000002", "archive", "link.log", "notes.txt",
    ]  # fmt: skip
    assert keep_house(place, NOW).archived == 0
    keep_house(place, NOW + 51 * DAY)
    assert not packed.exists()


def test_a_log_nobody_wrote_to_for_long_is_archived_and_its_writer_goes_on_in_a_new_one(place: Path) -> None:
    path = place / "agent.log"
    writer = RotatingFile(str(path), 1000)
    writer.write(b"old\n")
    os.utime(path, (NOW - 31 * DAY, NOW - 31 * DAY))
    assert keep_house(place, NOW).archived == 1
    writer.write(b"new\n")
    writer.close()
    assert path.read_bytes() == b"new\n"
    assert gzip.decompress((place / "archive" / "agent.log.000001.gz").read_bytes()) == b"old\n"


def test_what_fails_is_told_and_does_not_stop_the_rest(place: Path) -> None:
    fine = _file(place / "b.log.000001", 40)
    done = apply(Plan(archive=(place / "a.log.000001", fine), delete=(place,)))
    assert done.archived == 1
    assert len(done.faults) == 2
    assert "a.log.000001 could not be archived: No such file" in done.faults[0]


def test_a_directory_that_is_not_there_holds_nothing(place: Path) -> None:
    assert scan(place / "nowhere") == []
