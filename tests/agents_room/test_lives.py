"""Starting, dying, coming back and ending, with real stand-ins in a real tmux."""

import asyncio
import os
import signal
from dataclasses import replace
from typing import Any

import psutil
import pytest

from orchestratord.agents import body
from orchestratord.agents.cluster import NotStarted
from orchestratord.agents.states import State
from orchestratord.agents.stopping import ladder
from tests.agents_room.conftest import MakeWorld, alive
from tests.wait import eventually

QUICK = {"policy": "on-failure", "backoff": 0.05, "backoff_max": 0.2, "burst": 3, "window": 600, "stable_after": 600}


def shell(name: str, script: str, **more: Any) -> dict[str, Any]:
    """An agent that is a shell script."""
    return {"name": name, "provider": "command", "command": ["/bin/sh", "-c", script], **more}


async def test_all_are_started_at_once_and_are_ready_when_start_returns(make_world: MakeWorld) -> None:
    world = await make_world("anna", "ben", "carla")
    progress: list[Any] = []
    await world.cluster.start(None, progress.append)
    assert {agent.state for agent in world.cluster.agents.values()} == {State.IDLE}
    order = world.kinds("agent.starting", "agent.ready")
    assert order == ["agent.starting"] * 3 + ["agent.ready"] * 3
    assert progress[-1]["done"] == progress[-1]["total"] == 3
    pids = {name: world.pid(name) for name in world.cluster.agents}
    await world.cluster.start()
    assert {name: world.pid(name) for name in world.cluster.agents} == pids, "already so counts as done"


async def test_a_killed_agent_is_back_at_once_then_ever_later_and_fails_when_enough_is_enough(
    make_world: MakeWorld,
) -> None:
    world = await make_world({"name": "anna", "restart": QUICK})
    await world.cluster.start()
    pane = world["anna"].pane
    pid = await world.back("anna", await world.kill("anna"))
    assert world.last("agent.exited")["signal"] == "SIGKILL"
    assert world.last("agent.exited")["cause"] == "killed"
    assert world.last("agent.restarting")["cause"] == "killed"
    assert not world.kinds("agent.backoff")
    for _ in range(2):
        os.kill(pid, signal.SIGKILL)
        pid = await world.back("anna", pid)
    assert len(world.kinds("agent.backoff")) == 2
    os.kill(pid, signal.SIGKILL)
    await world.until("anna", State.FAILED)
    assert "3 restarts within 10m are enough" in world["anna"].reason
    assert world["anna"].view()["restart_count"] == 3
    assert world["anna"].view()["exit"] == world.cluster.agents["anna"].life.record.exit
    await world.cluster.reset_failed("anna")
    await world.until("anna", State.IDLE)
    assert world["anna"].pane == pane


async def test_an_agent_that_ends_by_itself_stays_down_under_on_failure_and_comes_back_under_always(
    make_world: MakeWorld,
) -> None:
    world = await make_world("anna", {"name": "ben", "restart": {**QUICK, "policy": "always"}})
    await world.cluster.start()
    pid = world.pid("ben")
    for name in ("anna", "ben"):
        await world.type(name, "/exit")
    await world.until("anna", State.STOPPED)
    assert world["anna"].view()["exit"]["status"] == 0  # type: ignore[index, call-overload]  # JSON, known to be a table
    assert "ended by itself" in world["anna"].reason
    await world.back("ben", pid)
    await world.cluster.start(["anna"])


async def test_a_conversation_goes_on_after_a_kill_and_a_stop_ends_it(make_world: MakeWorld) -> None:
    world = await make_world("anna")
    await world.cluster.start()
    anna = world["anna"]
    session = anna.view()["session_id"]
    await world.type("anna", "say the harvest is in")
    await world.shows("anna", "● the harvest is in")
    world.hook("anna", "UserPromptSubmit")
    world.hook("anna", "Stop")
    assert anna.view()["can_resume"]
    await world.back("anna", await world.kill("anna"))
    assert anna.view()["session_id"] == session
    await world.shows("anna", "● the harvest is in")
    await world.cluster.stop()
    await world.cluster.start()
    assert anna.view()["session_id"] != session


async def test_hooks_tell_what_it_does(make_world: MakeWorld) -> None:
    world = await make_world("anna")
    await world.cluster.start()
    states = []
    for hook in ("UserPromptSubmit", "PermissionRequest", "Stop"):
        world.hook("anna", hook)
        states.append(world["anna"].state)
    assert states == [State.WORKING, State.WAITING, State.IDLE]
    assert world["anna"].view()["last_activity"] is not None


async def test_what_an_earlier_launch_reports_is_not_believed(make_world: MakeWorld) -> None:
    world = await make_world("anna")
    await world.cluster.start()
    world.cluster.report_hook("anna", "another launch", {"hook_event_name": "UserPromptSubmit"})
    world.cluster.report_hook("nobody", "another launch", {})
    assert world["anna"].state is State.IDLE
    assert not world.kinds("agent.hook")


async def test_a_stop_wins_while_it_starts_while_it_waits_and_after_it_died(make_world: MakeWorld) -> None:
    slow = {**QUICK, "backoff": 300, "backoff_max": 300}
    world = await make_world({"name": "anna", "restart": slow})
    cluster = world.cluster
    starting = asyncio.ensure_future(cluster.start())
    await world.until("anna", State.STARTING)
    await cluster.stop()
    with pytest.raises(NotStarted, match="stopped by an operator"):
        await starting
    assert world["anna"].process is None
    await cluster.start()
    await world.back("anna", await world.kill("anna"))
    await world.kill("anna")
    await world.until("anna", State.BACKOFF)
    assert world["anna"].view()["restart_at"] is not None
    await cluster.stop()
    assert world["anna"].state is State.STOPPED
    await cluster.start()
    # Both before the loop sees the end.
    await world.kill("anna")
    await cluster.stop()
    assert world["anna"].process is None
    assert world.kinds(agent="anna")[-1] == "agent.stopped"


async def test_a_stop_climbs_until_the_whole_tree_is_gone_and_the_pane_stays(
    make_world: MakeWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(body, "ladder", lambda polite: tuple(replace(rung, patience=0.2) for rung in ladder(polite)))
    script = 'trap "" INT TERM; sleep 86400 & (trap "" TERM INT; exec sleep 86400) & while :; do sleep 86400; done'
    world = await make_world(shell("deaf", script))
    await world.cluster.start()
    leader = psutil.Process(world.pid("deaf"))
    await eventually(lambda: len(leader.children()) == 3)
    children = leader.children()
    pane = world["deaf"].pane
    await world.cluster.stop()
    assert not any(alive(process.pid) for process in (leader, *children))
    assert [event.data["by"] for event in world.happened if event.kind == "agent.signalled"] == [
        "C-c", "SIGINT", "SIGTERM", "SIGKILL",
    ]  # fmt: skip
    assert world["deaf"].pane == pane
    assert pane == (await world.tmux("list-panes", "-a", "-F", "#{pane_id}")).strip()


async def test_what_a_dead_agent_leaves_behind_is_swept_and_the_new_one_is_not(make_world: MakeWorld) -> None:
    left = "setsid sleep 86400 & exec cat"
    world = await make_world(shell("parent", left))
    await world.cluster.start()
    await eventually(lambda: psutil.Process(world.pid("parent")).children())
    child = psutil.Process(world.pid("parent")).children()
    new = await world.back("parent", await world.kill("parent"))
    await eventually(lambda: not alive(child[0].pid), what="the orphan swept")
    await eventually(lambda: world.kinds("agent.swept"))
    assert alive(new)
    assert len(psutil.Process(new).children()) == 1, "its own child is left alone"


async def test_a_restart_is_an_end_and_a_start_and_costs_no_automatic_restart(make_world: MakeWorld) -> None:
    world = await make_world("anna", "ben")
    await world.cluster.start()
    before = {name: world.pid(name) for name in ("anna", "ben")}
    await world.cluster.restart(["anna"])
    assert world.pid("anna") != before["anna"]
    assert world.pid("ben") == before["ben"]
    world.happened.clear()
    await world.cluster.restart(rolling=True)
    assert [event.agent for event in world.happened if event.kind in {"agent.stopping", "agent.ready"}] == [
        "anna", "anna", "ben", "ben",
    ]  # fmt: skip
    assert world["anna"].view()["restart_count"] == 0


async def test_a_hold_forbids_what_happens_by_itself_and_nothing_else(make_world: MakeWorld) -> None:
    world = await make_world("anna")
    await world.cluster.start()
    await world.cluster.hold("anna")
    await world.kill("anna")
    await world.until("anna", State.STOPPED)
    assert "held" in world["anna"].reason
    await world.cluster.start()
    pid = await world.kill("anna")
    await world.until("anna", State.STOPPED)
    await world.cluster.release("anna")
    await world.back("anna", pid)


async def test_a_program_that_is_not_there_fails_with_its_name_and_is_not_tried_again(make_world: MakeWorld) -> None:
    world = await make_world({"name": "lost", "provider": "command", "command": ["/nonexistent/program"]})
    with pytest.raises(NotStarted, match="/nonexistent/program"):
        await world.cluster.start()
    assert world["lost"].state is State.FAILED
    assert world.kinds("agent.starting", "agent.failed") == ["agent.starting", "agent.failed"]


async def test_a_trust_dialog_is_told_and_left_to_a_human(make_world: MakeWorld) -> None:
    world = await make_world({"name": "shy", "env": {"STANDIN_START": "ask trust"}})
    with pytest.raises(NotStarted, match="trust"):
        await world.cluster.start()
    shy = world["shy"]
    assert (shy.state, shy.view()["dialog"]["kind"]) == (State.WAITING, "trust")  # type: ignore[index, call-overload]  # JSON, known to be a table
    pid = world.pid("shy")
    assert shy.pane is not None
    await world.tmux("send-keys", "-t", shy.pane, "1", "Enter")
    await world.until("shy", State.IDLE)
    assert world.pid("shy") == pid


async def test_an_agent_without_hooks_is_read_from_its_screen(make_world: MakeWorld) -> None:
    world = await make_world(
        shell(
            "screen",
            "echo ready; read line; clear; echo busy; read line; clear; echo sure?; read line; clear; echo ready; cat",
            ready_pattern="ready",
            working_pattern="busy",
            waiting_pattern=r"sure\?",
        )
    )
    await world.cluster.start()
    for state in (State.WORKING, State.WAITING, State.IDLE):
        await world.type("screen", "go")
        await world.until("screen", state)


async def test_one_that_never_becomes_ready_is_called_unknown_and_left_alone(make_world: MakeWorld) -> None:
    world = await make_world(shell("mute", "exec cat", ready_pattern="never shown"))
    world.cluster._around.monitoring = world.configuration.monitoring.model_validate({"agent_timeout": 0.3})
    with pytest.raises(NotStarted, match=r"has not become ready within 0\.3 s"):
        await world.cluster.start()
    assert world["mute"].state is State.UNKNOWN
    assert world["mute"].process is not None


async def test_a_fault_of_ours_in_one_life_is_told_and_touches_no_other(
    make_world: MakeWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = await make_world("anna", "ben")

    async def fault(**_: Any) -> bool:
        raise ZeroDivisionError("a fault")

    with monkeypatch.context() as patched:
        patched.setattr(world["anna"].life.body, "start", fault)
        with pytest.raises(NotStarted, match="internal error: ZeroDivisionError"):
            await world.cluster.start()
    assert (world["anna"].state, world["ben"].state) == (State.FAILED, State.IDLE)
    await world.cluster.start()
    assert world["anna"].state is State.IDLE


async def test_fifty_come_up_together(make_world: MakeWorld) -> None:
    world = await make_world(*(shell(f"a{number}", "exec cat") for number in range(50)))
    await world.cluster.start()
    assert len({world.pid(f"a{number}") for number in range(50)}) == 50
