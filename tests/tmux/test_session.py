"""The session: enough room for every pane, whatever the user's own tmux is told to be like."""

import asyncio
import subprocess
from collections import Counter
from pathlib import Path

import pytest

from orchestratord.errors import TmuxUnavailable
from orchestratord.tmux.control import Control
from orchestratord.tmux.errors import ForeignSession
from orchestratord.tmux.facts import PaneFacts, list_panes
from orchestratord.tmux.layout import distribute
from orchestratord.tmux.pane import EndStatus, Pane
from orchestratord.tmux.place import Place
from orchestratord.tmux.server import BoundedServer
from orchestratord.tmux.session import SessionKeeper
from tests.tmux.conftest import CLUSTER, SESSION, Witness
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
set -g synchronize-panes on
set -g pane-border-status top
set -g default-terminal dumb
set -g history-limit 0
set-hook -g after-new-window "rename-window hooked"
set-hook -g after-split-window "select-layout even-horizontal"
set-hook -g session-created "set -g @hooked yes"
"""

FIFTY = [f"a{number}" for number in range(50)]


async def run(argv: list[str], place: Place) -> None:
    await asyncio.to_thread(subprocess.run, argv, env=place.environment(), check=True)


async def panes_of(tmux: Place) -> list[PaneFacts]:
    control = Control(tmux, SESSION)
    await control.connect()
    try:
        return await list_panes(control)
    finally:
        await control.close()


@pytest.mark.parametrize("count", [1, 5, 9, 10, 50])
async def test_no_pane_is_smaller_than_80x20_however_many_there_are(
    tmux: Place, keeper: SessionKeeper, count: int
) -> None:
    made = await keeper.ensure(FIFTY[:count])
    facts = await panes_of(tmux)
    assert {one.agent: one.id for one in facts} == made
    assert list(made) == FIFTY[:count]
    assert min(one.width for one in facts) >= 80
    assert min(one.height for one in facts) >= 20
    assert {one.cluster for one in facts} == {CLUSTER}


def test_missing_panes_go_where_there_is_room_before_new_windows_are_made() -> None:
    rooms = list(distribute(FIFTY[:13], {"@1": 9, "@2": 7}))
    assert [(room.window, len(room.agents)) for room in rooms] == [("@2", 2), (None, 9), (None, 2)]


async def test_only_what_is_missing_is_made_again(tmux: Place, keeper: SessionKeeper) -> None:
    before = await keeper.ensure(FIFTY[:11])
    await run([*tmux.argv(), "kill-pane", "-t", before["a3"], ";", "kill-window", "-t", before["a10"]], tmux)
    after = await keeper.ensure(FIFTY[:12])
    kept = set(FIFTY[:9]) - {"a3"}
    assert {name: after[name] for name in kept} == {name: before[name] for name in kept}
    facts = await panes_of(tmux)
    assert Counter(one.agent for one in facts) == Counter(FIFTY[:12])
    assert sorted(Counter(one.window for one in facts).values()) == [3, 9]
    assert min((one.width, one.height) for one in facts) >= (80, 20)


async def test_what_is_not_ours_is_never_touched(tmux: Place, keeper: SessionKeeper) -> None:
    await run([*tmux.argv(), "-f", "/dev/null", "new-session", "-d", "-s", f"{SESSION}-x", "sleep", "1000"], tmux)
    assert not await keeper.exists()
    await keeper.ensure(["boss", "worker"])
    await run([*tmux.argv(), "new-window", "-d", "-t", f"={SESSION}:", "sleep", "1000"], tmux)
    await keeper.destroy()
    await keeper.destroy()
    assert [one.agent for one in await panes_of(tmux)] == [None, None]
    with pytest.raises(ForeignSession, match=f"already has a session {SESSION}-x"):
        await SessionKeeper(tmux, f"{SESSION}-x", CLUSTER).ensure(["boss"])


async def test_a_destroyed_session_is_gone_and_can_be_made_again(keeper: SessionKeeper) -> None:
    await keeper.ensure(["boss"])
    assert await keeper.exists()
    await keeper.destroy()
    assert not await keeper.exists()
    assert list(await keeper.ensure(["boss"])) == ["boss"]


async def test_a_hostile_configuration_of_a_running_server_changes_nothing(
    place: Path, tmux: Place, keeper: SessionKeeper, witness: Witness
) -> None:
    (place / "tmux.conf").write_text(HOSTILE)
    human = [*tmux.argv(), "-f", str(place / "tmux.conf"), "new-session", "-d", "-s", "human", "sleep", "1000"]
    # `destroy-unattached` would end the human's own session at once, and the server with it.
    await run([*human, ";", "set", "-t", "human", "destroy-unattached", "off"], tmux)
    made = await keeper.ensure(FIFTY[:12])
    facts = [one for one in await panes_of(tmux) if one.agent]
    assert min((one.width, one.height) for one in facts) >= (80, 20)
    control = Control(tmux, SESSION)
    await control.connect()
    pane = Pane(control, made["a0"])
    await pane.respawn(witness.argv("it runs"), witness.env, place)
    assert (await witness.told()).argv == ["it runs"]
    pid = await pane.respawn(["sh", "-c", "exit 7"], {}, place)
    assert await pane.end_status(pid, deadline=30) == EndStatus(7, None)
    for name in ("a0", "a1"):
        await Pane(control, made[name]).respawn(["cat", "-"], {}, place)
    await pane.type_literal("for one alone")
    await eventually(lambda: shows(pane, "for one alone"))
    assert not await shows(Pane(control, made["a1"]), "for one alone")
    await control.close()
    assert await keeper.exists(), "it stays without a client"


async def shows(pane: Pane, text: str) -> bool:
    return text in await pane.capture()


async def test_a_tmux_that_hangs_is_killed_at_its_deadline(
    place: Path, tmux: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    (place / "tmux").write_text("#!/bin/sh\nexec sleep 1000\n")
    (place / "tmux").chmod(0o755)
    with monkeypatch.context() as changed:
        changed.setenv("PATH", f"{place}:/usr/bin:/bin")
        with pytest.raises(TmuxUnavailable, match="no answer within"):
            await asyncio.to_thread(BoundedServer(tmux, deadline=0.1).cmd, "has-session")
