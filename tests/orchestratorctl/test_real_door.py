"""The client at the daemon's own door: real verbs, a real journal, real tokens, and a cluster of straw behind them."""

import asyncio
import json
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from orchestratord.errors import Busy
from orchestratord.rpc.server import Server
from orchestratord.verbs.house import House
from tests.orchestratorctl.running_client import Ended, argv
from tests.straw import house_of, straw_of


@pytest.fixture
async def house(place: Path) -> AsyncIterator[House]:
    async with house_of(place, "anna", "ben") as built:
        server = Server(built, built.places.socket)
        await server.start()
        yield built
        await server.close()


async def start(house: House, *words: str) -> asyncio.subprocess.Process:
    environment = {**os.environ, "ORCHESTRATOR_SOCKET": str(house.places.socket)}
    pipe = asyncio.subprocess.PIPE
    return await asyncio.create_subprocess_exec(*argv(*words), env=environment, stdin=pipe, stdout=pipe, stderr=pipe)


async def run(house: House, *words: str) -> Ended:
    process = await start(house, *words)
    out, err = await process.communicate(b"")
    return Ended(process.returncode or 0, out.decode(), err.decode())


async def test_a_cluster_that_does_not_run_is_shown_with_status_3(house: House) -> None:
    shown = await run(house, "status", "-o", "json")
    assert shown.returncode == 3, shown.stderr
    assert [agent["name"] for agent in json.loads(shown.stdout)["agents"]] == ["anna", "ben"]
    assert (await run(house, "status", "carla")).returncode == 4


async def test_an_operators_words_reach_the_cluster_and_its_faults_come_back(house: House) -> None:
    started = await run(house, "start", "anna", "-v")
    assert started.returncode == 0, started.stderr
    assert "anna idle" in started.stderr
    assert (await run(house, "hold", "ben")).returncode == 0
    assert straw_of(house).asked == [("start", ["anna"]), ("hold", "ben")]
    straw_of(house).fault = Busy("somebody else is at it", hint="Try later.")
    failed = await run(house, "release", "ben")
    assert failed.returncode == 75
    assert failed.stderr == "orchestratorctl: somebody else is at it\nTry later.\n"


async def test_tokens_are_made_listed_and_revoked(house: House) -> None:
    made = await run(house, "token", "create", "prometheus")
    assert made.stdout.startswith("orc_")
    listed = await run(house, "token", "list", "-o", "name")
    assert (await run(house, "token", "revoke", listed.stdout.strip())).returncode == 0
    assert (await run(house, "token", "list")).stderr == "no tokens\n"


async def test_events_are_followed_without_a_gap_and_a_stopping_daemon_says_so(place: Path) -> None:
    async with house_of(place, "anna") as house:
        server = Server(house, house.places.socket)
        await server.start()
        for number in range(30):
            house.journal.append("agent.state", "anna", number=number)
        process = await start(house, "events", "-f", "-n", "5", "-o", "jsonl", "--kind", "agent.*")
        assert process.stdout is not None
        numbers = [json.loads(await process.stdout.readline())["data"]["number"] for _ in range(5)]
        house.journal.append("cluster.started")
        house.journal.append("agent.state", "anna", number=30)
        numbers.append(json.loads(await process.stdout.readline())["data"]["number"])
        assert numbers == [25, 26, 27, 28, 29, 30]
        await server.close()
        last, _ = await process.communicate()
        assert process.returncode == 69
        assert "the daemon is stopping" in json.loads(last)["error"]["message"]


async def test_a_log_is_shown_and_followed(house: House) -> None:
    log = house.places.log_dir / "agent_anna.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    await asyncio.to_thread(log.write_text, "\x1b[1mone\x1b[0m\r\ntwo\r\n")
    shown = await run(house, "logs", "anna", "-n", "1")
    assert shown.stdout == "two\n", shown.stderr
    process = await start(house, "logs", "anna", "-f")
    assert process.stdout is not None
    assert [await process.stdout.readline() for _ in range(2)] == [b"one\n", b"two\n"]
    with log.open("a") as more:
        more.write("three\r\n")
    assert await process.stdout.readline() == b"three\n"
    process.terminate()
    await process.wait()


@pytest.mark.parametrize("words", [["config", "show"], ["config", "schema"], ["metrics"], ["alerts"], ["reload"]])
async def test_what_can_be_asked_is_answered(house: House, words: list[str]) -> None:
    done = await run(house, *words, "-o", "json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)


async def test_a_configuration_is_checked_without_a_daemon(place: Path) -> None:
    good, bad = place / "good.yaml", place / "bad.yaml"
    await asyncio.to_thread(good.write_text, '{"agents": [{"name": "anna", "role": "r", "provider": "standin"}]}')
    await asyncio.to_thread(bad.write_text, '{"agents": [{"name": "Anna", "rol": "r"}]}')
    process = await asyncio.create_subprocess_exec(*argv("config", "check", str(good)))
    assert await process.wait() == 0
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*argv("config", "check", str(bad), "-o", "json"), stdout=pipe)
    out, _ = await process.communicate()
    assert process.returncode == 78
    error = json.loads(out)["error"]
    assert error["code"] == "bad_configuration"
    assert len([line for line in error["message"].splitlines() if line.startswith(f"{bad}:")]) == 2
