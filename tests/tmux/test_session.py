"""The session: enough room for every pane, whatever the user's own tmux is told to be like."""

import asyncio
import subprocess
from pathlib import Path

import pytest

from orchestratord.errors import TmuxUnavailable
from orchestratord.tmux.control import Control
from orchestratord.tmux.pane import Pane
from orchestratord.tmux.place import Place
from orchestratord.tmux.server import BoundedServer
from orchestratord.tmux.session import SessionKeeper
from tests.wait import eventually

HOSTILE = """
set -g base-index 1
set -g pane-base-index 1
set -g status off
set -g default-shell /usr/bin/false
set -g default-command "exit 3"
set -g remain-on-exit off
set -g destroy-unattached on
set -g renumber-windows on
set -g window-size smallest
set -g aggressive-resize on
set -g automatic-rename on
set -g prefix C-a
set -g default-terminal dumb
set-hook -g after-new-window "rename-window hooked"
set-hook -g session-created "set -g @hooked yes"
"""


@pytest.mark.parametrize("count", [1, 5, 9, 10, 50])
async def test_no_pane_is_smaller_than_80x20_however_many_there_are(keeper: SessionKeeper, count: int) -> None:
    ids = await keeper.ensure(count)
    panes = await keeper.panes()
    assert [pane.pane for pane in panes] == ids
    assert len(set(ids)) == count
    assert min(pane.width for pane in panes) >= 80
    assert min(pane.height for pane in panes) >= 20


async def test_new_panes_fill_up_the_last_window_first(keeper: SessionKeeper) -> None:
    await keeper.ensure(8)
    more = await keeper.ensure(3)
    assert len(more) == 3
    windows = [pane.window for pane in await keeper.panes()]
    assert [windows.count(window) for window in sorted(set(windows))] == [9, 2]


async def test_another_session_of_the_server_is_never_touched(server: Place, keeper: SessionKeeper) -> None:
    foreign = [*server.argv(), "new-session", "-d", "-s", "test-of-somebody-else", "sleep", "1000"]
    await asyncio.to_thread(subprocess.run, foreign, env=server.environment(), check=True)
    assert not await keeper.exists()
    await keeper.ensure(2)
    await keeper.destroy()
    assert not await keeper.exists()
    await keeper.destroy()
    assert await SessionKeeper(server, "test-of-somebody-else").exists()


async def test_a_hostile_configuration_of_a_running_server_changes_nothing(
    place: Path, server: Place, keeper: SessionKeeper
) -> None:
    (place / "tmux.conf").write_text(HOSTILE)
    argv = ["tmux", "-S", str(server.path), "-f", str(place / "tmux.conf"), "new-session", "-d", "-s", "human", "cat"]
    # `destroy-unattached` would end the human's own session at once, and the server with it.
    hold = [";", "set", "-t", "human", "destroy-unattached", "off"]
    await asyncio.to_thread(subprocess.run, [*argv, *hold], env=server.environment(), check=True)
    first, *_ = await keeper.ensure(12)
    assert min(pane.width for pane in await keeper.panes()) >= 80
    control = Control(server, "test")
    pane = Pane(control, first)
    # Not in one: tmux may lose the last words of a process that ends as it speaks.
    await pane.respawn(["sh", "-c", "echo it runs; exec cat"], env={}, cwd=place)
    await eventually(lambda: pane_shows(pane, "it runs"))
    await pane.respawn(["sh", "-c", "exit 7"], env={}, cwd=place)
    pid = (await pane.facts()).pid
    assert await pane.end_status(pid) == (7, None)
    await control.close()
    assert await keeper.exists(), "the session stays without a client"


async def pane_shows(pane: Pane, text: str) -> bool:
    return text in await pane.capture(history=10)


async def test_a_command_that_hangs_is_killed_at_its_deadline(
    place: Path, server: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    (place / "tmux").write_text("#!/bin/sh\nexec sleep 1000\n")
    (place / "tmux").chmod(0o755)
    with monkeypatch.context() as changed:
        changed.setenv("PATH", f"{place}:/usr/bin:/bin")
        with pytest.raises(TmuxUnavailable, match="did not end within"):
            await asyncio.to_thread(BoundedServer(server, deadline=0.1).cmd, "has-session")
