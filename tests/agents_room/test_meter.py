"""What agents have used: nothing is counted twice, nothing is lost that was told, and the next daemon goes on."""

import copy
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from orchestratord.agents.meter import Meter
from orchestratord.agents.spending import Account
from orchestratord.journal import Journal
from orchestratord.providers.claude_telemetry import read_report
from tests.otlp import CUMULATIVE, DELTA, report


def take(account: Account, launch: str, *reports: bytes) -> int:
    return sum(account.take(launch, read_report(body)) for body in reports)


LIVES = st.lists(st.lists(st.tuples(st.integers(0, 1000), st.integers(0, 2)), max_size=6), max_size=4)
"""Launches of one agent; each uses some tokens, and then its report comes so many times: lost, once, or twice."""


@settings(deadline=None, derandomize=True)
@given(LIVES)
def test_a_total_is_counted_once_however_often_it_is_told_and_anew_after_a_restart(lives: Any) -> None:
    account, told = Account(), 0
    for number, life in enumerate(lives):
        total = reported = 0
        for at, (used, times) in enumerate(life, start=1):
            total += used
            reported = total if times else reported
            take(account, f"launch-{number}", *[report({"output": total}, start=number, at=at)] * times)
        told += reported
    assert account.as_json()["tokens"] == {"input": 0, "output": told, "cacheRead": 0, "cacheCreation": 0}


@settings(deadline=None, derandomize=True)
@given(LIVES)
def test_a_difference_is_counted_once_however_often_it_is_told(lives: Any) -> None:
    account, told = Account(), 0
    for number, life in enumerate(lives):
        for at, (used, times) in enumerate(life, start=1):
            told += used if times else 0
            body = report({"input": used}, temporality="AGGREGATION_TEMPORALITY_DELTA", start=at - 1, at=at)
            take(account, f"launch-{number}", *[body] * times)
    assert account.as_json()["tokens"] == {"input": told, "output": 0, "cacheRead": 0, "cacheCreation": 0}


def test_a_total_that_begins_anew_within_a_launch_is_all_new_and_an_older_one_is_not() -> None:
    account = Account()
    take(account, "one", report({"input": 10}, at=2), report({"input": 4}, at=1))
    assert account.tokens["input"] == 10
    take(account, "one", report({"input": 4}, start=5, at=6), report({"input": 3}, start=5, at=7))
    assert account.tokens["input"] == 17
    take(account, "one", report({"input": 2}, session="another"))
    assert account.tokens["input"] == 19


def test_an_agent_that_does_nothing_gives_nothing_to_write_down() -> None:
    account = Account()
    take(account, "one", report({"input": 10, "output": 3}, 0.5, at=2))
    before = copy.deepcopy(account)
    take(account, "one", report({"input": 10, "output": 3}, 0.5, at=3), report({"input": 9}, at=1))
    assert account == before


def test_more_series_than_can_be_remembered_are_refused_instead_of_counted_again_and_again() -> None:
    account = Account()
    bodies = [report({"input": 1}, session=str(number)) for number in range(1100)]
    assert (take(account, "one", *bodies), take(account, "one", *bodies)) == (100, 100)
    assert account.tokens["input"] == 1000
    take(account, "one", *[report({"input": 1}, temporality=DELTA, session="s", at=at) for at in (1, 2)])
    assert account.tokens["input"] == 1002, "a difference needs no memory"


async def test_the_next_daemon_goes_on_with_the_figures_and_knows_the_passes_again(place: Path) -> None:
    async def a_daemons_life(total: int, shown: str | None) -> str:
        journal = await Journal.open(place / "journal.db")
        meter = Meter(journal)
        await meter.open()
        assert meter.telemetry("one") is None, "where nothing takes reports, nobody is asked for any"
        meter.url = "http://127.0.0.1:1/v1/metrics"
        assert shown is None or meter.launch_of(shown) == "one"
        await meter.take("anna", "one", read_report(report({"input": total}, 0.5, temporality=CUMULATIVE, at=total)))
        assert meter.of("anna").tokens["input"] == total
        assert meter.of("anna").cost_usd == 0.5
        telemetry = meter.telemetry("one")
        assert telemetry is not None
        await journal.close()
        return telemetry.launch_pass

    shown = await a_daemons_life(5, None)
    await a_daemons_life(8, shown)
