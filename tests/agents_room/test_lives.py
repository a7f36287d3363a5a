"""Starting, dying, coming back and ending, with real stand-ins in a real tmux."""



from orchestratord.agents.states import State
from tests.agents_room.conftest import MakeWorld

QUICK = {"policy": "on-failure", "backoff": 0.05, "backoff_max": 0.2, "burst": 3, "window": 600, "stable_after": 600}


async def test_all_are_started_at_once_and_are_ready_when_start_returns(make_world: MakeWorld) -> None:
    world = await make_world("anna", "ben", "carla")
    progress: list[object] = []
    await world.cluster.start(None, progress.append)
    assert {agent.state for agent in world.cluster.agents.values()} == {State.IDLE}
    order = world.kinds("agent.starting", "agent.ready")
    assert order == ["agent.starting"] * 3 + ["agent.ready"] * 3
    assert progress[-1]["done"] == progress[-1]["total"] == 3
    pids = {name: world.pid(name) for name in world.cluster.agents}
    await world.cluster.start()
    assert {name: world.pid(name) for name in world.cluster.agents} == pids, "already so counts as done"
