"""Mail over HTTP."""

import json
from typing import Any

import aiohttp

from orchestratord.mail.message import MessageState
from orchestratord.verbs.house import House
from tests.wait import eventually


async def test_a_token_sends_and_whoever_only_looks_sees_that_it_was_sent(
    client: aiohttp.ClientSession, house: House, secret: str
) -> None:
    bearer = {"Authorization": f"Bearer {secret}"}
    async with client.post("/api/agents/worker/messages", json={"text": "漢字"}, headers=bearer) as answer:
        assert answer.status == 200, await answer.text()
        (sent,) = (await answer.json())["messages"]
    assert (sent["from"], sent["to"], sent["state"]) == ("operator", "worker", "queued")
    for query, texts in (("?to=worker&from=operator&state=queued&state=typed", ["漢字"]), ("?from=worker", [])):
        async with client.get(f"/api/messages{query}", headers=bearer) as answer:
            assert [message["text"] for message in (await answer.json())["messages"]] == texts
    async with client.get("/api/messages") as answer:
        (seen,) = (await answer.json())["messages"]
    assert (seen["id"], seen["text"]) == (sent["id"], "")
    async with client.post(f"/api/messages/{sent['id']}/cancel", headers=bearer) as answer:
        assert (await answer.json())["message"]["state"] == "cancelled"
    async with client.post("/api/agents/nobody/messages", json={"text": "?"}, headers=bearer) as answer:
        assert (answer.status, (await answer.json())["error"]["code"]) == (404, "no_such_agent")


async def test_messages_are_streamed_step_by_step(client: aiohttp.ClientSession, house: House, secret: str) -> None:
    bearer = {"Authorization": f"Bearer {secret}"}
    async with client.get("/api/messages/stream", headers=bearer) as stream:
        await eventually(lambda: house.mailbox._listeners)
        async with client.post("/api/agents/worker/messages", json={"text": "hello"}, headers=bearer) as answer:
            (sent,) = (await answer.json())["messages"]
        house.mailbox.move(sent["id"], MessageState.EXPIRED, reason="too late")
        seen: list[dict[str, Any]] = []
        while len(seen) < 2:
            line = (await stream.content.readline()).decode()
            if line.startswith("data: "):
                seen.append(json.loads(line.removeprefix("data: ")))
    assert [(step["state"], step["text"], step["reason"]) for step in seen] == [
        ("queued", "hello", ""),
        ("expired", "hello", "too late"),
    ]
