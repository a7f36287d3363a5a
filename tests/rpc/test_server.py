"""The socket as its clients know it."""

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from orchestratord.errors import LockHeld, OrchestratorError
from orchestratord.processes.identity import ProcessId
from orchestratord.rpc.server import Server
from orchestratord.verbs.house import House
from tests.rpc.client import Client
from tests.rpc.conftest import Serve
from tests.straw import straw_of
from tests.wait import eventually


async def commands(house: House) -> list[dict[str, Any]]:
    await house.journal.flush()
    return [dict(event.data) for event in await house.journal.read(kinds=("operator.command",))]


async def test_a_request_is_answered_under_its_id(path: Path) -> None:
    async with await Client.to(path) as client:
        await client.ask("version", "mine")
        answer = await client.read()
    assert answer["jsonrpc"] == "2.0"
    assert answer["id"] == "mine"
    assert answer["result"]["pid"] == os.getpid()


async def test_a_slow_request_does_not_hold_up_the_ones_after_it(path: Path, house: House) -> None:
    straw_of(house).done.clear()
    async with await Client.to(path) as client:
        await client.ask("stop", "slow")
        assert "result" in await client.call("version")
        straw_of(house).done.set()
        assert (await client.read())["id"] == "slow"


async def test_progress_comes_before_the_answer_and_names_its_request(path: Path) -> None:
    async with await Client.to(path) as client:
        await client.ask("start", 7)
        step, answer = await client.read(), await client.read()
    assert step["method"] == "progress"
    assert step["params"] == {"agent": "anna", "state": "idle", "id": 7}
    assert answer["id"] == 7


async def test_a_notification_is_performed_and_not_answered(path: Path, house: House) -> None:
    async with await Client.to(path) as client:
        for line in ({"method": "hold", "params": {"agent": "anna"}}, {"method": "no such verb"}, {"method": "start"}):
            await client.write(json.dumps({"jsonrpc": "2.0", **line}).encode() + b"\n")
        await eventually(lambda: len(straw_of(house).asked) == 2)
        assert "result" in await client.call("version")


async def test_what_is_asked_of_an_unknown_agent_or_verb_fails_with_its_code(path: Path) -> None:
    async with await Client.to(path) as client:
        no_agent = (await client.call("stop", agents=["ana"]))["error"]
        no_verb = (await client.call("stpo"))["error"]
        inside = (await client.call("__class__"))["error"]
    assert no_agent["data"]["exit_status"] == 4
    assert "did you mean 'anna'?" in no_agent["message"]
    assert (no_verb["code"], no_verb["data"]["code"]) == (-32601, "unknown_verb")
    assert "did you mean 'stop'?" in no_verb["message"]
    assert inside["code"] == -32601


async def test_a_defect_in_a_verb_costs_one_answer_and_not_the_connection(path: Path, house: House) -> None:
    straw_of(house).fault = RuntimeError("secret inside")
    async with await Client.to(path) as client:
        with capture_logs() as logged:
            error = (await client.call("hold", agent="anna"))["error"]
        assert "result" in await client.call("version")
    assert error["code"] == -32603
    assert [entry["request_id"] for entry in logged] == [error["data"]["request_id"]]
    assert "secret" not in str(error)


async def test_a_command_is_carried_out_though_its_caller_has_gone(path: Path, house: House) -> None:
    straw, before = straw_of(house), house.journal.last_seq
    straw.done.clear()
    async with await Client.to(path) as client:
        await client.ask("stop")
        await eventually(lambda: straw.asked)
    straw.done.set()
    await eventually(lambda: house.journal.last_seq > before)
    assert [command["outcome"] for command in await commands(house)] == ["done"]


async def test_an_answer_still_comes_to_a_client_that_has_said_its_last(path: Path) -> None:
    async with await Client.to(path) as client:
        await client.ask("version")
        client.writer.write_eof()
        assert [line["id"] for line in await client.rest()] == [1]


async def test_a_subscriber_gets_what_was_and_what_comes_without_gap_or_double(path: Path, house: House) -> None:
    for number in range(5):
        house.journal.append("test.before", number=number)
    await house.journal.flush()
    first = house.journal.last_seq - 4
    async with await Client.to(path) as client:
        answer = await client.call("events.subscribe", after=first)
        assert answer["result"] == {"last_seq": first + 4}
        house.journal.append("test.after", "anna")
        events = [await client.read() for _ in range(5)]
    assert {event["method"] for event in events} == {"event"}
    assert [event["params"]["seq"] for event in events] == list(range(first + 1, first + 6))
    assert events[-1]["params"] | {"at": 0} == {
        "seq": first + 5, "at": 0, "kind": "test.after", "agent": "anna", "data": {},
    }  # fmt: skip


async def test_a_subscriber_gets_only_the_kinds_and_the_agent_it_asked_for(path: Path, house: House) -> None:
    async with await Client.to(path) as client:
        await client.call("events.subscribe", kinds=["agent.*", "cluster.started"], agent="anna")
        for kind, agent in (
            ("agent.exited", "ben"), ("agents.exited", "anna"), ("cluster.stopped", "anna"), ("agent.exited", "anna"),
            ("cluster.started", "anna"),
        ):  # fmt: skip
            house.journal.append(kind, agent)
        assert [(await client.read())["params"]["kind"] for _ in range(2)] == ["agent.exited", "cluster.started"]


async def test_when_the_daemon_stops_clients_are_told_and_running_commands_end(serve: Serve, house: House) -> None:
    server = await serve(closing=0.2)
    straw_of(house).done.clear()
    async with await Client.to(house.places.socket) as one, await Client.to(house.places.socket) as other:
        await one.call("events.subscribe", kinds=["nothing"])
        await other.ask("stop")
        await eventually(lambda: straw_of(house).asked)
        await server.close()
        assert [line["params"]["code"] for line in await one.rest()] == ["unavailable"]
        assert [line["method"] for line in await other.rest()] == ["closed"]
    assert [command["outcome"] for command in await commands(house)] == ["cancelled"]
    assert not await asyncio.to_thread(house.places.socket.exists)


async def test_a_second_server_on_the_same_path_is_refused(path: Path, house: House) -> None:
    with pytest.raises(LockHeld):
        await Server(house, path).start()
    async with await Client.to(path) as client:
        assert "result" in await client.call("version")


async def test_a_process_below_an_agents_pane_may_look_and_not_operate(path: Path, house: House) -> None:
    straw_of(house).agents["anna"].process = ProcessId.of(os.getpid())
    async with await Client.to(path) as client:
        assert "result" in await client.call("status")
        for verb, params in (
            ("stop", {}), ("shutdown", {}), ("restart", {"agents": ["anna"]}), ("reload", {}), ("attach", {}),
            ("token.create", {"name": "mine", "scope": "operate"}), ("config.check", {"path": "/etc/shadow"}),
        ):  # fmt: skip
            error = (await client.call(verb, **params))["error"]
            assert (error["data"]["code"], error["data"]["exit_status"]) == ("not_permitted", 77), verb
    assert straw_of(house).asked == []
    refused = await commands(house)
    assert {command["outcome"] for command in refused} == {"refused"}
    assert all("agent anna" in command["caller"] for command in refused)
    assert [command["verb"] for command in refused][:2] == ["stop", "shutdown"]


async def test_a_hook_that_reports_is_known_by_its_launch_though_no_process_is_known_yet(
    path: Path, house: House
) -> None:
    program = (
        "import json,socket,sys; s = socket.socket(socket.AF_UNIX); s.connect(sys.argv[1]);"
        "p = {'agent': sys.argv[2], 'launch': 'launch-anna', 'payload': {'hook_event_name': 'Stop'}};"
        "s.sendall(json.dumps({'jsonrpc': '2.0', 'id': 1, 'method': 'hooks.report', 'params': p}).encode() + b'\\n');"
        "print(s.makefile().readline())"
    )
    environ = {**os.environ, "ORCHESTRATOR_LAUNCH": "launch-anna"}
    answers = []
    for name in ("anna", "ben"):
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", program, str(path), name, env=environ, stdout=asyncio.subprocess.PIPE
        )
        output, _ = await process.communicate()
        answers.append(json.loads(output))
    assert answers[0]["result"] == {}
    assert answers[1]["error"]["data"]["code"] == "not_permitted"
    assert straw_of(house).hooks == [("anna", "launch-anna", {"hook_event_name": "Stop"})]


async def test_every_answer_says_its_error_in_the_words_of_the_error(path: Path, house: House) -> None:
    straw_of(house).fault = OrchestratorError("tmux is away", hint="Start it.")
    async with await Client.to(path) as client:
        error = (await client.call("release", agent="anna"))["error"]
    assert error["message"] == "tmux is away"
    assert error["data"] | {"request_id": ""} == {
        "code": "failed", "hint": "Start it.", "request_id": "", "exit_status": 1,
    }  # fmt: skip
