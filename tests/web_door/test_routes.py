"""Routes, parameters and errors, as a real client sees them."""

import io
import json
from typing import Any, cast

import aiohttp
import pytest
import structlog
from yarl import URL

from orchestratord.access.role import Role
from orchestratord.verbs.house import House
from orchestratord.verbs.registry import VERBS
from orchestratord.verbs.verb import Answer, Call, Nothing, Route, Verb
from orchestratord.web.server import Web
from tests.straw import straw_of
from tests.web_door.conftest import Open, offered, refused
from tests.web_door.raw import Raw


def bearer(secret: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {secret}"}


async def error_of(answer: aiohttp.ClientResponse) -> dict[str, Any]:
    body: dict[str, Any] = await answer.json()
    assert set(body) == {"error"}
    assert set(body["error"]) == {"code", "message", "hint", "request_id"}
    assert body["error"]["request_id"] == answer.headers["X-Request-Id"]
    return cast("dict[str, Any]", body["error"])


async def test_reading_from_this_machine_needs_no_token(client: aiohttp.ClientSession) -> None:
    async with client.get("/api/agents") as answer:
        assert answer.status == 200
        assert [agent["name"] for agent in (await answer.json())["agents"]] == ["grand_boss", "worker"]
    async with client.head("/api/agents") as answer:
        assert answer.status == 200


async def test_every_declared_route_exists_and_refuses_strangers_who_want_to_change_something(
    client: aiohttp.ClientSession, house: House
) -> None:
    for verb in VERBS.values():
        for route in verb.routes:
            if verb.role is Role.LOOK:
                continue
            path = route.path.format(agent="worker", agents="worker", to="worker", id="1")
            async with client.request(route.method, path) as answer:
                assert (answer.status, (await error_of(answer))["code"]) == (401, "unauthenticated"), path
                assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert set(await refused(house)) == {"unauthenticated"}
    assert straw_of(house).asked == []


async def test_a_token_may_change_what_it_names(client: aiohttp.ClientSession, house: House, secret: str) -> None:
    async with client.post("/api/agents/worker/stop", headers=bearer(secret)) as answer:
        assert answer.status == 200, await answer.text()
    assert straw_of(house).asked == [("stop", ["worker"])]
    await house.journal.flush()
    command = (await house.journal.read(kinds=["operator.command"]))[-1].data
    assert (command["outcome"], command["via"], command["verb"]) == ("done", "http", "stop")


async def test_a_token_to_look_changes_nothing(client: aiohttp.ClientSession, house: House) -> None:
    _, secret = await house.tokens.create("eyes", Role.LOOK)
    async with client.post("/api/cluster/stop", headers=bearer(secret)) as answer:
        assert (answer.status, (await error_of(answer))["code"]) == (403, "not_permitted")


@pytest.mark.parametrize("given", ["Bearer wrong", "Basic eDp5", "Bearer"])
async def test_a_wrong_token_is_refused_even_where_none_is_needed(client: aiohttp.ClientSession, given: str) -> None:
    async with client.get("/api/agents", headers={"Authorization": given}) as answer:
        assert (answer.status, (await error_of(answer))["code"]) == (401, "unauthenticated")


async def test_what_a_proxy_passes_on_is_not_local(client: aiohttp.ClientSession) -> None:
    async with client.get("/api/agents", headers={"X-Forwarded-For": "203.0.113.9"}) as answer:
        assert answer.status == 401
    async with client.get("/healthz", headers={"X-Forwarded-For": "203.0.113.9"}) as answer:
        assert answer.status == 200


@pytest.mark.parametrize(
    ("method", "path", "body", "kind", "status", "code"),
    [
        ("GET", "/nothing/here", None, None, 404, "not_found"),
        ("GET", "/api/agents/..%2f..%2fetc%2fpasswd", None, None, 404, "not_found"),
        ("GET", "/%2e%2e/%2e%2e/etc/passwd", None, None, 404, "not_found"),
        ("DELETE", "/api/status", None, None, 405, "method_not_allowed"),
        ("PUT", "/api/status", None, None, 405, "method_not_allowed"),
        ("GET", "/api/alerts?limit=1001", None, None, 400, "bad_request"),
        ("GET", "/api/alerts?colour=red", None, None, 400, "bad_request"),
        ("POST", "/api/cluster/stop?agents=worker", None, None, 400, "bad_request"),
        ("POST", "/api/cluster/stop", b"{", "application/json", 400, "bad_request"),
        ("POST", "/api/cluster/stop", b"[" * 100_000, "application/json", 400, "bad_request"),
        ("POST", "/api/cluster/stop", b"[]", "application/json", 400, "bad_request"),
        ("POST", "/api/cluster/stop", b"agents=worker", "text/plain", 415, "unsupported_media_type"),
        ("POST", "/api/agents/worker/stop", b'{"agents": []}', "application/json", 400, "bad_request"),
        ("POST", "/api/agents/nobody/stop", None, None, 404, "no_such_agent"),
        ("POST", "/api/cluster/stop", b" " * (1024 * 1024 + 1), "application/json", 413, "too_large"),
    ],
)
async def test_every_error_has_the_one_shape(
    door: Web,
    client: aiohttp.ClientSession,
    secret: str,
    method: str,
    path: str,
    body: bytes | None,
    kind: str | None,
    status: int,
    code: str,
) -> None:
    headers = bearer(secret) | ({"Content-Type": kind} if kind else {})
    url = URL(door.url + path, encoded=True)
    sent = io.BytesIO(body) if body is not None else None
    async with client.request(method, url, data=sent, headers=headers) as answer:
        assert (answer.status, (await error_of(answer))["code"]) == (status, code)


async def test_a_defect_of_ours_tells_a_request_to_look_for_and_nothing_of_the_inside(
    open_door: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(_: Call[Nothing]) -> Answer:
        raise RuntimeError("the secret inside")

    verb = Verb("test.fail", "Fail.", Nothing, Role.LOOK, fail, routes=(Route("GET", "/api/fail"),))
    with offered(monkeypatch, verb), structlog.testing.capture_logs() as logged:
        door = await open_door()
        named = {"X-Request-Id": "mine-1"}
        async with aiohttp.ClientSession(door.url) as client, client.get("/api/fail", headers=named) as answer:
            error = await error_of(answer)
            assert (answer.status, error["code"], error["request_id"]) == (500, "internal", "mine-1")
            assert "secret" not in await answer.text()
    assert [entry["request_id"] for entry in logged if entry["log_level"] == "error"] == ["mine-1"]


async def test_a_request_that_is_none_is_answered_in_the_same_shape(door: Web) -> None:
    async with await Raw.to(door) as raw:
        raw.send("\x16\x03\x01 this is no HTTP\r\n\r\n")
        answer = await raw.answer()
        assert (answer.status, answer.error["code"]) == (400, "bad_request")
        assert await raw.ended() == b""


async def test_every_answer_forbids_scripts_frames_caches_and_other_origins(client: aiohttp.ClientSession) -> None:
    for path in ("/", "/api/status", "/nothing", "/metrics"):
        async with client.get(path) as answer:
            assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert answer.headers["Cache-Control"] == "no-store"
            assert "Access-Control-Allow-Origin" not in answer.headers
            assert "Python" not in answer.headers["Server"]


async def test_the_page_shows_hostile_text_as_text(client: aiohttp.ClientSession, house: House) -> None:
    straw_of(house).agents["worker"].shown["role"] = "<script>alert(1)</script>"
    async with client.get("/") as answer:
        text = await answer.text()
        assert answer.content_type == "text/html"
    assert "<script" not in text
    assert "&lt;script&gt;" in text
    assert "/api/openapi.json" in text


async def test_ready_is_said_only_after_the_adoption(client: aiohttp.ClientSession, house: House) -> None:
    house.cluster.opened.clear()
    async with client.get("/readyz") as answer:
        assert (answer.status, (await error_of(answer))["code"]) == (503, "not_ready")
    async with client.get("/healthz") as answer:
        assert answer.status == 200
    house.cluster.opened.set()
    async with client.get("/readyz") as answer:
        assert answer.status == 200


async def test_requests_in_a_row_are_answered_in_their_order(door: Web) -> None:
    async with await Raw.to(door) as raw:
        raw.get("/healthz")
        raw.get("/nothing")
        raw.get("/api/agents")
        assert [(await raw.answer()).status for _ in range(3)] == [200, 404, 200]
        raw.get("/api/metrics")
        assert "metrics" in json.loads((await raw.answer()).body)
