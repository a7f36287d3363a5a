"""The control connection: deadlines hold, what is lost comes back, what is gone is told."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import psutil
import pytest

from orchestratord.errors import TmuxUnavailable
from orchestratord.processes.identity import ProcessId
from orchestratord.tmux.control import Control
from orchestratord.tmux.errors import CommandFailed, PaneGone, SessionGone
from orchestratord.tmux.pane import Pane
from orchestratord.tmux.place import Place
from orchestratord.tmux.session import SessionKeeper
from orchestratord.tmux.watch import PaneWatch
from tests.tmux.conftest import SESSION
from tests.wait import eventually


@pytest.fixture
async def told(tmux: Place, keeper: SessionKeeper) -> AsyncIterator[tuple[Control, list[str]]]:
    """A connection, and what it tells about itself."""
    await keeper.ensure(["boss"])
    heard: list[str] = []
    connection = Control(
        tmux, SESSION, gone=lambda words: heard.append(f"gone: {words}"), restored=lambda: heard.append("restored")
    )
    await connection.connect()
    yield connection, heard
    await connection.close()


def client_of_ours() -> psutil.Process:
    [client] = [child for child in psutil.Process().children() if "attach-session" in child.cmdline()]
    return client


async def test_many_commands_at_once_each_get_their_own_answer(control: Control) -> None:
    answers = await asyncio.gather(*(control.command("display-message", "-p", f"n{n}") for n in range(500)))
    assert answers == [[f"n{n}"] for n in range(500)]


async def test_a_refusal_carries_tmuxs_words_and_the_next_command_is_answered(control: Control) -> None:
    with pytest.raises(CommandFailed, match="unknown command: no-such"):
        await control.command("no-such")
    with pytest.raises(PaneGone, match="can't find pane: %99"):
        await control.command("send-keys", "-t", "%99", "x")
    assert await control.command("display-message", "-p", "goes on") == ["goes on"]


async def test_a_users_hooks_do_not_get_between_command_and_answer(control: Control) -> None:
    await control.command("set-hook", "-g", "after-set-option", "display-message -p hooked")
    for n in range(20):
        await control.command("set-option", "-g", "@n", str(n))
        assert await control.command("display-message", "-p", "#{@n}") == [str(n)]


async def test_a_stopped_server_costs_the_deadline_and_its_late_answer_is_nobodys(control: Control) -> None:
    [server] = await control.command("display-message", "-p", "#{pid}")
    os.kill(int(server), signal.SIGSTOP)
    try:
        with pytest.raises(TmuxUnavailable, match=r"no answer within 0\.1 s"):
            await control.command("display-message", "-p", "late", deadline=0.1)
    finally:
        os.kill(int(server), signal.SIGCONT)
    assert await control.command("display-message", "-p", "in time", deadline=30) == ["in time"]


async def test_connecting_to_a_stopped_server_ends_at_its_deadline(tmux: Place, control: Control) -> None:
    [server] = await control.command("display-message", "-p", "#{pid}")
    second = Control(tmux, SESSION)
    os.kill(int(server), signal.SIGSTOP)
    try:
        with pytest.raises(TmuxUnavailable, match="no answer"):
            await second.connect(deadline=0.1)
    finally:
        os.kill(int(server), signal.SIGCONT)
    await second.connect(deadline=30)
    await second.close()


async def test_a_killed_client_is_replaced_and_commands_meanwhile_wait_for_it(
    told: tuple[Control, list[str]],
) -> None:
    connection, heard = told
    client_of_ours().kill()
    await eventually(lambda: not connection.connected or heard)
    assert await connection.command("display-message", "-p", "again", deadline=30) == ["again"]
    await eventually(lambda: heard)
    assert heard == ["restored"]


async def test_the_servers_death_is_told_once(tmux: Place, told: tuple[Control, list[str]]) -> None:
    connection, heard = told
    await asyncio.to_thread(subprocess.run, [*tmux.argv(), "kill-server"], check=True)
    await eventually(lambda: heard)
    with pytest.raises(TmuxUnavailable):
        await connection.command("display-message", "-p", "x")
    with pytest.raises(SessionGone):
        await connection.connect()
    assert [one.partition(":")[0] for one in heard] == ["gone"]


async def test_a_session_made_anew_can_be_connected_to_again(
    keeper: SessionKeeper, told: tuple[Control, list[str]]
) -> None:
    connection, heard = told
    await keeper.destroy()
    await eventually(lambda: heard)
    panes = await keeper.ensure(["boss"])
    await connection.connect()
    assert (await Pane(connection, panes["boss"]).facts()).agent == "boss"


async def test_a_pane_removed_by_hand_is_noticed(control: Control, pane: Pane) -> None:
    heard: list[None] = []
    watch = PaneWatch(control, lambda: heard.append(None))
    await pane.close()
    await eventually(lambda: heard)
    watch.close()


async def test_without_tmux_the_error_says_so(tmux: Place, monkeypatch: pytest.MonkeyPatch, place: Path) -> None:
    monkeypatch.setenv("PATH", str(place))
    with pytest.raises(TmuxUnavailable, match="cannot start tmux"):
        await Control(tmux, SESSION).connect()
    with pytest.raises(TmuxUnavailable, match="cannot start tmux"):
        await SessionKeeper(tmux, SESSION, "c").ensure(["boss"])


DEAF = """
import asyncio, os, signal, sys
from pathlib import Path
from orchestratord.tmux.control import Control
from orchestratord.tmux.place import Place

async def attach_and_listen_no_more():
    control = Control(Place(path=Path(sys.argv[1])), sys.argv[2])
    await control.connect()
    asyncio.ensure_future(control.commands(*[("list-commands",)] * 500))
    await asyncio.sleep(0)
    os.kill(os.getpid(), signal.SIGSTOP)

asyncio.run(attach_and_listen_no_more())
"""


async def test_a_daemon_killed_with_answers_unread_leaves_nothing_that_keeps_the_server_from_ending(
    control: Control, tmux: Place
) -> None:
    server = int((await control.command("display-message", "-p", "#{pid}"))[0])
    process = ProcessId.of(server)
    assert process is not None
    deaf = subprocess.Popen([sys.executable, "-c", DEAF, str(tmux.path), SESSION])
    await eventually(lambda: "T" in Path(f"/proc/{deaf.pid}/stat").read_text().rpartition(")")[2].split()[0])
    deaf.kill()
    deaf.wait()
    await control.close()
    subprocess.run(["tmux", "-S", str(tmux.path), "kill-server"], check=True, capture_output=True)
    await eventually(lambda: not process.alive(), what="the end of the server")
