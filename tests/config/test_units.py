import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestratord.config.units import (
    parse_duration,
    parse_percent,
    parse_size,
    write_duration,
    write_percent,
    write_size,
)

_TEN_YEARS = 10 * 366 * 86_400


@settings(deadline=None, derandomize=True)
@given(st.one_of(st.floats(0, _TEN_YEARS), st.integers(0, _TEN_YEARS).map(float)))
def test_a_duration_that_was_written_reads_as_the_same_number(seconds: float) -> None:
    seconds = round(seconds, 9)  # nobody writes less than a nanosecond
    assert parse_duration(write_duration(seconds)) == seconds
    assert parse_duration(seconds) == seconds


@settings(deadline=None, derandomize=True)
@given(st.integers(0, 1 << 50))
def test_a_size_that_was_written_reads_as_the_same_number(size: int) -> None:
    assert parse_size(write_size(size)) == size
    assert parse_size(size) == size


@settings(deadline=None, derandomize=True)
@given(st.one_of(st.just(0.0), st.floats(1, 10_000)))
def test_a_share_that_was_written_reads_as_the_same_number(percent: float) -> None:
    percent = round(percent, 9)
    assert parse_percent(write_percent(percent)) == percent
    assert parse_percent(percent) == percent


@settings(deadline=None, derandomize=True)
@given(
    st.dictionaries(st.sampled_from(["w", "d", "h", "m", "s", "ms"]), st.integers(0, 99), min_size=1),
    st.sampled_from(["", " "]),
)
def test_parts_of_a_duration_add_up(parts: dict[str, int], gap: str) -> None:
    whole = {"w": 604_800_000, "d": 86_400_000, "h": 3_600_000, "m": 60_000, "s": 1000, "ms": 1}
    written = gap.join(f"{number}{unit}" for unit, number in parts.items())
    assert parse_duration(written) == sum(whole[unit] * number for unit, number in parts.items()) / 1000


@settings(deadline=None, derandomize=True)
@given(st.one_of(st.text(), st.floats(), st.integers(), st.booleans(), st.none(), st.lists(st.integers())))
def test_whatever_is_written_is_an_amount_or_refused(written: object) -> None:
    for parse in (parse_duration, parse_size, parse_percent):
        with contextlib.suppress(ValueError):
            assert parse(written) >= 0


@pytest.mark.parametrize(
    ("written", "seconds"),
    [("90", 90.0), ("500ms", 0.5), ("5m", 300.0), ("1h30m", 5400.0), ("1.5h", 5400.0), ("2d", 172_800.0), (5, 5.0)],
)
def test_durations_read_as_people_mean_them(written: object, seconds: float) -> None:
    assert parse_duration(written) == seconds


@pytest.mark.parametrize(
    ("written", "size"),
    [("4G", 4 << 30), ("256KiB", 256 << 10), ("1MB", 1_000_000), ("64k", 64 << 10), ("1.5 GiB", 3 << 29), ("10B", 10)],
)
def test_sizes_read_as_systemd_reads_them(written: object, size: int) -> None:
    assert parse_size(written) == size
