import asyncio
import io
import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from orchestratord.logs import configure
from tests.wait import eventually


@pytest.fixture(autouse=True)
def _logging_as_it_was() -> Iterator[None]:
    yield
    structlog.reset_defaults()
    logging.getLogger().setLevel(logging.WARNING)


def _events(directory: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in (directory / "orchestrator.log").read_text().splitlines()]


def test_events_and_the_libraries_records_stand_in_one_file_as_json_lines(place: Path) -> None:
    stream = io.StringIO()
    with configure("info", "json", place / "logs", stream=stream):
        structlog.get_logger("cluster").info("agent_started", agent="grand_boss", pid=7, path=Path("/x"), words="待機")
        structlog.get_logger("cluster").debug("not_this")
        logging.getLogger("aiohttp.server").error("request %s failed", 3)
        try:
            int("out")
        except ValueError:
            structlog.get_logger("cluster").exception("broken")
    first, second, third = _events(place / "logs")
    assert list(first)[:3] == ["timestamp", "level", "event"]
    assert (first["level"], first["event"], first["logger"]) == ("INFO", "agent_started", "cluster")
    assert (first["agent"], first["pid"], first["words"]) == ("grand_boss", 7, "待機")
    assert (second["level"], second["event"], second["logger"]) == ("ERROR", "request 3 failed", "aiohttp.server")
    assert "ValueError: invalid literal" in str(third["exception"])
    assert " ERROR request 3 failed" in stream.getvalue()


def test_text_is_one_harmless_line_an_event_whatever_is_in_it(place: Path) -> None:
    with configure("debug", "text", place, stream=io.StringIO()):
        structlog.get_logger("screen").warning(
            "two\nlines \x1b[2J", screen="\x1b]0;title\x07\x9b", n=1.5, none=None, a=["x"]
        )
    (line,) = (place / "orchestrator.log").read_text().splitlines()
    assert line.split(" ", 1)[1] == (
        r'WARNING two\nlines \x1b[2J screen="\u001b]0;title\u0007\x9b" n=1.5 none=null a=["x"] logger=screen'
    )
    assert line.isprintable()


def test_journald_gets_the_priority_and_no_time(place: Path) -> None:
    stream = io.StringIO()
    with configure(journald=True, stream=stream):
        structlog.get_logger("daemon").error("bad", agent="boss")
        structlog.get_logger("daemon").info("fine")
    assert stream.getvalue() == "<3>ERROR bad agent=boss logger=daemon\n<6>INFO fine logger=daemon\n"


def test_the_level_can_be_changed_while_it_runs(place: Path) -> None:
    with configure("warning", directory=place, stream=io.StringIO()) as running:
        log = structlog.get_logger()
        log.info("no")
        running.set_level("debug")
        log.debug("yes")
    assert [event["event"] for event in _events(place)] == ["yes"]


async def test_logging_on_the_loop_touches_no_disk_there(place: Path) -> None:
    running = configure(directory=place, stream=io.StringIO(), max_bytes=2000)
    for number in range(100):
        structlog.get_logger().info("tick", number=number)

    def written() -> list[object]:
        parts = [*sorted(place.glob("orchestrator.log.*")), place / "orchestrator.log"]
        texts = [part.read_text() for part in parts if part.exists()]
        return [json.loads(line)["number"] for text in texts for line in text.splitlines()]

    await eventually(lambda: len(written()) == 100)
    assert written() == list(range(100))
    assert len(list(place.glob("orchestrator.log.*"))) > 3
    await asyncio.to_thread(running.close)


def test_no_secret_reaches_a_log(place: Path) -> None:
    stream = io.StringIO()
    with configure(directory=place, stream=stream):
        log = structlog.get_logger()
        log.info("one", token="t0psecret1", env={"ANTHROPIC_API_KEY": "t0psecret2", "PATH": "/bin"})
        log.info("two", header="Authorization: Bearer t0psecret3.abc", argv=["--password=t0psecret4", "-v"])
        log.info("three sk-ant-api03-t0psecret5t0psecret", url="https://me:t0psecret6@host/path")
        log.info("four", nested=[{"deep": {"slack_token": "t0psecret7"}}], cookies=["t0psecret8"])
        log.info("five", hook="https://hooks.slack.com/services/T0/B0/t0psecret9", tokens=3, keyboard="qwerty")
        logging.getLogger("lib").warning("GET /?access_token=t0psecretA&x=1")
        try:
            int("password: t0psecretB")
        except ValueError:
            log.exception("six")
    text = (place / "orchestrator.log").read_text()
    assert "t0psecret" not in text + stream.getvalue()
    assert all(word in text for word in ('"PATH": "/bin"', "me:***@host/path", '"tokens": 3', "qwerty", "&x=1", '"-v"'))


def test_a_log_directory_that_cannot_be_written_costs_the_file_and_nothing_else(place: Path) -> None:
    (place / "wall").touch()
    stream = io.StringIO()
    with configure(directory=place / "wall" / "logs", stream=stream):
        structlog.get_logger().info("still_here")
    assert "still_here" in stream.getvalue()


def test_a_stream_that_is_gone_costs_the_stream_and_nothing_else(place: Path) -> None:
    stream = io.StringIO()
    stream.close()
    with configure(directory=place, stream=stream):
        structlog.get_logger().info("still_here")
    assert [event["event"] for event in _events(place)] == ["still_here"]
