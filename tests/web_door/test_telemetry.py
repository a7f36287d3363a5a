"""Reports of tokens and cost: whose they are is told by the launch's pass alone, and what is no report is refused."""

from typing import Any

import aiohttp
import pytest

from orchestratord.config.schema import HttpConfig, TlsConfig
from orchestratord.providers.telemetry import LAUNCH_HEADER
from orchestratord.verbs.house import House
from orchestratord.web.server import Web
from orchestratord.web.telemetry import address
from tests.otlp import report
from tests.straw import straw_of
from tests.web_door.conftest import Open, refused

NOTHING = {"tokens": {"input": 0, "output": 0, "cacheRead": 0, "cacheCreation": 0}, "cost_usd": 0.0}


@pytest.fixture(autouse=True)
def _the_meter_runs(house: House) -> None:
    house.cluster.meter.url = "http://127.0.0.1/v1/metrics"


def pass_of(house: House, launch: str) -> str:
    telemetry = house.cluster.meter.telemetry(launch)
    assert telemetry is not None
    return telemetry.launch_pass


async def post(door: Web, body: bytes, launch_pass: str | None, **headers: str) -> tuple[int, Any]:
    headers = {"Content-Type": "application/json", **headers}
    if launch_pass is not None:
        headers[LAUNCH_HEADER] = launch_pass
    where = f"{door.url}/v1/metrics"
    async with aiohttp.ClientSession() as client, client.post(where, data=body, headers=headers) as answer:
        return answer.status, await answer.json()


async def test_a_report_counts_for_the_launch_whose_pass_it_shows_whatever_it_says_of_itself(
    door: Web, house: House
) -> None:
    claims = {"service.name": "claude-code", "orchestrator.agent": "grand_boss"}
    body = report({"input": 7, "output": "30", "cacheRead": 2.0, "thought": 9}, 0.25, about=claims)
    assert await post(door, body, pass_of(house, "launch-worker")) == (200, {})
    meter = house.cluster.meter
    used = {"tokens": {"input": 7, "output": 30, "cacheRead": 2, "cacheCreation": 0}, "cost_usd": 0.25}
    assert (meter.of("worker").as_json(), meter.of("grand_boss").as_json()) == (used, NOTHING)


async def test_without_a_pass_or_with_anothers_nothing_is_counted(door: Web, house: House, secret: str) -> None:
    worker, boss = pass_of(house, "launch-worker"), pass_of(house, "launch-grand_boss")
    forged = f"launch-grand_boss.{worker.rpartition('.')[2]}"
    body = report({"input": 7})
    for shown in (None, "", "launch-grand_boss", "launch-grand_boss.", forged):
        status, answer = await post(door, body, shown)
        assert (status, answer["error"]["code"]) == (401, "unauthenticated"), shown
    assert set(await refused(house)) == {"unauthenticated"}
    assert (await post(door, body, boss, Authorization=f"Bearer {secret}"))[0] == 403
    assert (await post(door, body, boss, **{"X-Forwarded-For": "192.0.2.1"}))[0] == 401
    straw_of(house).agents["grand_boss"].launch = "launch-anew"
    status, answer = await post(door, body, boss)
    assert (status, answer["error"]["code"]) == (409, "conflict"), "an earlier launch of the agent"
    assert house.cluster.meter.of("grand_boss").as_json() == NOTHING


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"[" * 100_000,
        b'{"resourceMetrics": {}}',
        b'{"resourceMetrics": [{"scopeMetrics": [{"metrics": [null]}]}]}',
        report({"input": -1}),
        report({"input": "1" * 5000}),
        report({"input": float("nan")}),
        report({"input": 1}, "a lot"),
        report({"input": 1}, at=1 << 64),
        report({"input": 1}, temporality=0),
        report({"input": 1}).replace(b'"timeUnixNano": "2"', b'"timeUnixNano": {}'),
        b"\xff\xfe\xff",
    ],
)
async def test_what_is_no_report_is_said_to_be_none_and_nothing_of_it_counted(
    door: Web, house: House, body: bytes
) -> None:
    status, answer = await post(door, body, pass_of(house, "launch-worker"))
    assert (status, answer["error"]["code"]) == (400, "bad_request")
    assert "Traceback" not in answer["error"]["message"]
    assert house.cluster.meter.of("worker").as_json() == NOTHING


async def test_a_report_is_bounded_and_is_plain_json(open_door: Open, house: House) -> None:
    door = await open_door(body_bytes=1000)
    shown = pass_of(house, "launch-worker")
    assert (await post(door, report({"input": 1}, session="s" * 2000), shown))[0] == 413
    assert (await post(door, b"\x0a\x00", shown, **{"Content-Type": "application/x-protobuf"}))[0] == 415
    assert (await post(door, b"\x1f\x8b\x00", shown, **{"Content-Encoding": "gzip"}))[0] == 415


async def test_before_the_agents_are_adopted_a_report_is_to_come_again(door: Web, house: House) -> None:
    house.cluster.opened.clear()
    assert (await post(door, report({"input": 1}), pass_of(house, "launch-worker")))[0] == 503


@pytest.mark.parametrize(
    ("host", "where"),
    [
        ("127.0.0.1", "http://127.0.0.1:81/v1/metrics"),
        ("localhost", "http://localhost:81/v1/metrics"),
        ("::1", "http://[::1]:81/v1/metrics"),
        ("0.0.0.0", "http://127.0.0.1:81/v1/metrics"),
        ("::", "http://[::1]:81/v1/metrics"),
        ("192.0.2.1", ""),
        ("box.example", ""),
    ],
)
def test_agents_report_by_loopback_or_not_at_all(host: str, where: str, tmp_path: Any) -> None:
    assert address(HttpConfig(host=host), 81) == where
    assert address(HttpConfig(host=host, tls=TlsConfig(cert=tmp_path, key=tmp_path)), 81) == ""
