"""When a limit is over, in all the ways a CLI has of saying it."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from orchestratord.providers.usage_limit import find_limit, reset_time


def tokyo(year: int, month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=ZoneInfo("Asia/Tokyo"))


@pytest.mark.parametrize(
    ("words", "now", "reset"),
    [
        ("resets 12:48am (Asia/Tokyo)", tokyo(2026, 11, 24, 23, 0), tokyo(2026, 11, 25, 0, 48)),
        ("resets 7pm (Asia/Tokyo)", tokyo(2026, 11, 24, 18, 0), tokyo(2026, 11, 24, 19, 0)),
        ("resets 7pm (Asia/Tokyo)", tokyo(2026, 11, 24, 19, 0), tokyo(2026, 11, 25, 19, 0)),
        ("resets 12pm (Asia/Tokyo)", tokyo(2026, 11, 24, 1, 0), tokyo(2026, 11, 24, 12, 0)),
        ("resets 19:30 (Asia/Tokyo)", tokyo(2026, 11, 24, 1, 0), tokyo(2026, 11, 24, 19, 30)),
        ("resets Nov 26, 9am (Asia/Tokyo)", tokyo(2026, 11, 24, 1, 0), tokyo(2026, 11, 26, 9)),
        ("resets Nov 26 at 9am (Asia/Tokyo)", tokyo(2026, 11, 24, 1, 0), tokyo(2026, 11, 26, 9)),
        ("resets Jan 2, 9am (Asia/Tokyo)", tokyo(2026, 12, 30, 1, 0), tokyo(2027, 1, 2, 9)),
    ],
)
def test_the_words_name_a_moment(words: str, now: datetime, reset: datetime) -> None:
    assert reset_time(words, now.timestamp()) == reset.timestamp()


@pytest.mark.parametrize("words", ["", "resets soon", "resets 25:99 (UTC)", "resets Feb 31, 9am (UTC)"])
def test_words_that_name_none_are_no_error(words: str) -> None:
    assert reset_time(words, 0.0) is None


def test_a_zone_nobody_knows_leaves_the_moment_unknown_and_without_a_zone_it_is_this_machines() -> None:
    now = datetime(2026, 11, 24, 1, 0, tzinfo=UTC).astimezone()
    assert reset_time("resets 7pm (Middle/Earth)", now.timestamp()) is None
    reset = reset_time("resets 11:59pm", now.timestamp())
    assert reset == now.replace(hour=23, minute=59).timestamp()


def test_the_line_that_says_so_is_found_among_others() -> None:
    screen = "❯ go on\n  ⎿  You've hit your session limit · resets 4:30am (UTC)\n\n✻ Baked for 0s"
    assert find_limit(screen) == "You've hit your session limit · resets 4:30am (UTC)"
    assert find_limit("● The speed limit is 50.") is None


async def test_the_moment_is_found_on_the_event_loop_without_blocking_it() -> None:
    assert reset_time("resets 7pm (Pacific/Auckland)", tokyo(2026, 11, 24, 1).timestamp()) is not None
