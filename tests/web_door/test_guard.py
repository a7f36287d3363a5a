"""Names and pages that are not ours."""

import pytest

from orchestratord.verbs.house import House
from orchestratord.web.answers import Refusal
from orchestratord.web.guard import Guard
from orchestratord.web.server import Web
from tests.web_door.conftest import refused
from tests.web_door.raw import Raw

GUARD = Guard("192.0.2.1", ["agents.example.org"])


@pytest.mark.parametrize(
    ("host", "origin"),
    [
        ("localhost", None),
        ("127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("[::1]:8000", None),
        ("LOCALHOST:1", "https://localhost:1"),
        ("localhost.", None),
        ("192.0.2.1", None),
        ("agents.example.org:443", None),
    ],
)
def test_our_own_names_pass(host: str, origin: str | None) -> None:
    GUARD.check([host], "", [origin] if origin else [])


@pytest.mark.parametrize(
    ("hosts", "target"),
    [
        (["evil.example"], ""),
        (["localhost.evil.example"], ""),
        (["localhost@evil.example"], ""),
        (["localhost", "localhost"], ""),
        ([], ""),
        ([""], ""),
        (["localhost:port"], ""),
        (["localhost/x"], ""),
        (["0.0.0.0"], ""),
        (["localhost"], "evil.example"),
    ],
)
def test_a_foreign_host_is_misdirected(hosts: list[str], target: str) -> None:
    with pytest.raises(Refusal) as refusal:
        GUARD.check(hosts, target, [])
    assert (refusal.value.status, refusal.value.code) == (421, "foreign_host")


@pytest.mark.parametrize(
    "origin",
    ["null", "http://evil.example", "http://localhost:3000", "file://", "http://localhost:8000.evil.example", ""],
)
def test_a_foreign_page_is_refused(origin: str) -> None:
    with pytest.raises(Refusal) as refusal:
        GUARD.check(["localhost:8000"], "", [origin])
    assert (refusal.value.status, refusal.value.code) == (403, "foreign_origin")


def test_listening_everywhere_opens_no_further_name() -> None:
    with pytest.raises(Refusal):
        Guard("0.0.0.0", []).check(["0.0.0.0"], "", [])


async def test_a_rebound_name_gets_nothing_and_is_audited(door: Web, house: House) -> None:
    async with await Raw.to(door) as raw:
        raw.send("GET /api/agents HTTP/1.1\r\nHost: rebound.example\r\nOrigin: http://rebound.example\r\n\r\n")
        answer = await raw.answer()
        assert (answer.status, answer.error["code"]) == (421, "foreign_host")
        raw.get("/api/agents", "Origin: http://rebound.example")
        answer = await raw.answer()
        assert (answer.status, answer.error["code"]) == (403, "foreign_origin")
        raw.send("GET http://rebound.example/api/agents HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert (await raw.answer()).status == 421
    assert await refused(house) == ["foreign_host", "foreign_origin", "foreign_host"]


async def test_strangers_do_not_fill_the_journal(door: Web, house: House) -> None:
    async with await Raw.to(door) as raw:
        for _ in range(100):
            raw.send("GET / HTTP/1.1\r\nHost: rebound.example\r\n\r\n")
        for _ in range(100):
            assert (await raw.answer()).status == 421
    assert 0 < len(await refused(house)) < 50
