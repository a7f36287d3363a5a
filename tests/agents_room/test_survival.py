"""What outlives what: agents their daemon, the cluster its tmux; and what is found afterwards."""

import asyncio
import os
import signal

from orchestratord.agents.states import State
from tests.agents_room.conftest import MakeWorld, alive
from tests.wait import eventually


async def test_the_next_daemon_adopts_every_agent_with_its_past(make_world: MakeWorld) -> None:
    world = await make_world("anna", "ben", "carla")
    await world.cluster.start()
    await world.cluster.hold("ben")
    await world.cluster.stop(["carla"])
    await world.back("anna", await world.kill("anna"))
    before = {name: world[name].view() for name in ("anna", "ben", "carla")}
    await world.die_and_follow()
    world.happened.clear()
    await world.cluster.open()
    after = {name: world[name].view() for name in before}
    for key in ("state", "pid", "pane", "session_id", "started_at", "held", "desired", "restart_count", "exit"):
        assert {name: view[key] for name, view in after.items()} == {
            name: view[key] for name, view in before.items()
        }, key
    assert world.kinds("agent.adopted", "agent.lost", "agent.starting") == ["agent.adopted"] * 2
    # They are watched as before.
    await world.back("anna", await world.kill("anna"))


async def test_those_who_died_meanwhile_are_restarted_as_their_policy_says(make_world: MakeWorld) -> None:
    never = {"name": "ben", "restart": {"policy": "never"}}
    world = await make_world("anna", never)
    await world.cluster.start()
    pids = {name: world.pid(name) for name in ("anna", "ben")}
    await world.die_and_follow()
    for pid in pids.values():
        os.kill(pid, signal.SIGKILL)
    await eventually(lambda: not any(alive(pid) for pid in pids.values()))
    await world.cluster.open()
    await world.back("anna", pids["anna"])
    assert world["ben"].state is State.FAILED
    assert world.kinds("agent.lost") == ["agent.lost"] * 2
    assert world.last("agent.lost")["signal"] == "SIGKILL"


async def test_panes_of_others_are_never_touched(make_world: MakeWorld) -> None:
    world = await make_world("anna")
    await world.cluster.start()
    await world.tmux("new-session", "-d", "-s", "mine", "--", "/usr/bin/env", "sleep", "86400")
    theirs = int(await world.tmux("display-message", "-p", "-t", "=mine:", "#{pane_pid}"))
    await world.die_and_follow()
    await world.cluster.open()
    assert world.last("cluster.opened") == {"adopted": 1, "foreign": 1, "lost": 0}
    await world.cluster.shutdown()
    assert alive(theirs)
    assert (await world.tmux("list-sessions", "-F", "#{session_name}")).split() == ["mine"]
    await world.tmux("kill-server")


async def test_an_agent_that_the_configuration_lost_meanwhile_is_ended(make_world: MakeWorld) -> None:
    world = await make_world("anna", "ben")
    await world.cluster.start()
    pid = world.pid("ben")
    await world.die_and_follow([{"name": "anna"}])
    await world.cluster.open()
    await eventually(lambda: not alive(pid))
    assert list(world.cluster.agents) == ["anna"]
    await world.until("anna", State.IDLE)


async def test_a_daemon_killed_between_start_and_note_knows_its_agent_by_the_launch_it_carries(
    make_world: MakeWorld,
) -> None:
    world = await make_world("anna")
    await world.cluster.start()
    pid = world.pid("anna")
    await world.die_and_follow()
    world.journal.remember("agent/anna", {"desired": "running"})
    await world.cluster.open()
    assert world.pid("anna") == pid
    assert not world.kinds("agent.lost")


async def test_what_hooks_could_not_report_is_believed_at_adoption(make_world: MakeWorld) -> None:
    world = await make_world("anna")
    await world.cluster.start()
    pane = world["anna"].pane
    assert pane is not None
    await world.die_and_follow()
    await world.tmux("send-keys", "-t", pane, "-l", "work 60s")
    await world.tmux("send-keys", "-t", pane, "Enter")
    await eventually(lambda: any("UserPromptSubmit" in path.read_text() for path in world.places.spool.glob("*.json")))
    await world.cluster.open()
    assert world["anna"].state is State.WORKING
    assert world.kinds("agent.hook")
    assert not any(world.places.spool.glob("*.json"))


async def test_the_servers_death_is_one_event_and_all_who_are_wished_come_back(make_world: MakeWorld) -> None:
    world = await make_world("anna", {"name": "ben", "restart": {"policy": "never"}}, "carla", "dora")
    await world.cluster.start()
    await world.cluster.stop(["carla"])
    await world.cluster.hold("dora")
    pids = {name: world.pid(name) for name in ("anna", "ben")}
    await world.tmux("kill-server")
    for name, pid in pids.items():
        await world.back(name, pid)
    await world.until("dora", State.STOPPED)
    assert world["carla"].state is State.STOPPED
    assert world.kinds("cluster.session") == ["cluster.session_lost", "cluster.session_rebuilt"]
    assert world.kinds("agent.exited", "agent.failed", "agent.restarting") == ["agent.exited"], "carla's own, before"


async def test_a_session_that_is_killed_alone_is_lost_just_the_same(make_world: MakeWorld) -> None:
    world = await make_world("anna", "ben")
    await world.cluster.start()
    await world.tmux("new-session", "-d", "-s", "mine", "--", "/usr/bin/env", "sleep", "86400")
    pids = {name: world.pid(name) for name in ("anna", "ben")}
    await world.tmux("kill-session", "-t", "=test")
    for name, pid in pids.items():
        await world.back(name, pid)
    assert world.kinds("cluster.session") == ["cluster.session_lost", "cluster.session_rebuilt"]
    assert not world.kinds("agent.exited")
    await world.tmux("kill-session", "-t", "=mine")


async def test_one_that_ignores_its_terminals_end_is_ended_before_it_is_started_again(make_world: MakeWorld) -> None:
    stubborn = {
        "name": "s",
        "provider": "command",
        "command": ["/bin/sh", "-c", 'trap "" HUP; while :; do sleep 1; done'],
    }
    world = await make_world(stubborn)
    await world.cluster.start()
    pid = world.pid("s")
    await world.tmux("kill-server")
    await world.back("s", pid)
    assert not alive(pid)


async def test_a_pane_removed_by_hand_is_made_again(make_world: MakeWorld) -> None:
    stubborn = {
        "name": "s",
        "provider": "command",
        "command": ["/bin/sh", "-c", 'trap "" HUP; while :; do sleep 1; done'],
    }
    world = await make_world("anna", "ben", stubborn)
    await world.cluster.start()
    for name in ("anna", "s"):
        pid, pane = world.pid(name), world[name].pane
        assert pane is not None
        await world.tmux("kill-pane", "-t", pane)
        await world.back(name, pid)
        assert world[name].pane != pane
        assert not alive(pid)
    assert not world.kinds("cluster.session")


async def test_a_pane_removed_while_its_agent_is_stopped_does_not_keep_it_from_starting(make_world: MakeWorld) -> None:
    world = await make_world("anna", {"name": "ben", "restart": {"policy": "never"}})
    await world.cluster.start()
    await world.cluster.stop(["ben"])
    pane = world["ben"].pane
    assert pane is not None
    await world.tmux("kill-pane", "-t", pane)
    await world.cluster.start(["ben"])
    assert world["ben"].pane != pane
    assert world["ben"].view()["restart_count"] == 0


async def test_a_pane_respawned_by_hand_gets_its_agent_back(make_world: MakeWorld) -> None:
    world = await make_world("anna")
    await world.cluster.start()
    pid, pane = world.pid("anna"), world["anna"].pane
    assert pane is not None
    await world.tmux("respawn-pane", "-k", "-t", pane, "--", "/usr/bin/env", "cat")
    await world.back("anna", pid)
    assert world["anna"].pane == pane


async def test_reload_brings_removes_and_marks_what_only_a_restart_would_tell(make_world: MakeWorld) -> None:
    world = await make_world("anna", "ben")
    cluster = world.cluster
    await cluster.start()
    anna, ben = world.pid("anna"), world.pid("ben")
    difference = await cluster.reload(world.configured([{"name": "anna", "env": {"MORE": "1"}}, {"name": "carla"}]))
    assert (difference.added, difference.removed, difference.relaunch) == (("carla",), ("ben",), ("anna",))
    await eventually(lambda: set(cluster.agents) == {"anna", "carla"})
    await world.until("carla", State.IDLE)
    assert not alive(ben)
    assert (world.pid("anna"), world["anna"].view()["outdated"]) == (anna, True)
    await cluster.restart(["anna"])
    assert world["anna"].view()["outdated"] is False
    assert b"MORE=1" in await asyncio.to_thread(world.environ, "anna")


async def test_a_new_configuration_gives_a_failed_agent_another_chance(make_world: MakeWorld) -> None:
    world = await make_world({"name": "lost", "provider": "command", "command": ["/nonexistent/program"]})
    await asyncio.gather(world.cluster.start(), return_exceptions=True)
    assert world["lost"].state is State.FAILED
    await world.cluster.reload(world.configured([{"name": "lost", "provider": "command", "command": ["cat"]}]))
    await world.until("lost", State.IDLE)
