"""What must not cost anything: the way from an end to the next start, and an idle cluster."""

import asyncio
import stat
import subprocess
from collections.abc import Sequence
from typing import Any

import pytest

from orchestratord.agents.states import State
from orchestratord.tmux.control import Control
from tests.agents_room.conftest import MakeWorld, World
from tests.wait import eventually


class Ledger:
    """Writes down, in order, every word to tmux, every program started and all work that leaves the loop."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.entries: list[str] = []
        commands, content, threaded = Control.commands, Control.content, asyncio.to_thread
        fork = subprocess.Popen.__init__

        async def noted_commands(control: Control, *argvs: Sequence[str], **more: Any) -> list[list[str]]:
            self.entries += [argv[0] for argv in argvs]
            return await commands(control, *argvs, **more)

        async def noted_content(control: Control, *argv: str, **more: Any) -> list[str]:
            self.entries.append(argv[0])
            return await content(control, *argv, **more)

        async def noted_thread(work: Any, *arguments: Any, **more: Any) -> Any:
            self.entries.append("thread")
            return await threaded(work, *arguments, **more)

        def noted_fork(popen: Any, *arguments: Any, **more: Any) -> None:
            self.entries.append("fork")
            fork(popen, *arguments, **more)

        monkeypatch.setattr(Control, "commands", noted_commands)
        monkeypatch.setattr(Control, "content", noted_content)
        monkeypatch.setattr(asyncio, "to_thread", noted_thread)
        monkeypatch.setattr(subprocess.Popen, "__init__", noted_fork)


async def prepared(world: World, name: str) -> None:
    await eventually(lambda: world[name].life.body._preparer._ahead is not None, what="the next launch prepared")


async def test_from_the_end_to_the_next_start_there_is_at_most_one_question_to_tmux_and_no_disk(
    make_world: MakeWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = await make_world("anna")
    await world.cluster.start()
    await prepared(world, "anna")
    ledger = Ledger(monkeypatch)
    await world.back("anna", await world.kill("anna"))
    before = ledger.entries[: ledger.entries.index("respawn-pane")]
    # The kernel tells what a signal has ended, unless tmux was faster and has to be asked.
    assert set(before) <= {"display-message", "capture-pane", "set-option"}
    assert before.count("capture-pane") <= 1


async def test_an_idle_cluster_asks_and_does_nothing(make_world: MakeWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    world = await make_world("anna", "ben")
    await world.cluster.start()
    for name in ("anna", "ben"):
        await prepared(world, name)
    ledger = Ledger(monkeypatch)
    loop = asyncio.get_running_loop()
    scheduled = [handle for handle in loop._scheduled if not handle.cancelled()]  # type: ignore[attr-defined]  # asyncio shows no timers
    assert not scheduled, "no timer waits"
    assert not ledger.entries
    assert {agent.state for agent in world.cluster.agents.values()} == {State.IDLE}


async def test_what_a_launch_is_made_of_is_nobody_elses_to_read(make_world: MakeWorld) -> None:
    world = await make_world("anna")
    await world.cluster.start()
    files = [path for path in world.places.agent_dir("anna").rglob("*.json") if "standin" not in path.parts]
    assert files
    for path in (*files, world.places.agent_dir("anna")):
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path
