"""A pane: the agent is its process, text arrives unaltered, and every end has its status."""

import asyncio
import os
import shlex
import signal
import subprocess
from functools import partial
from pathlib import Path

import pytest

from orchestratord.processes.identity import ProcessId
from orchestratord.tmux.control import Control
from orchestratord.tmux.errors import CommandFailed, PaneGone
from orchestratord.tmux.facts import list_panes
from orchestratord.tmux.pane import EndStatus, Pane
from orchestratord.tmux.place import Place
from tests.tmux.conftest import CLUSTER, SESSION, Witness
from tests.wait import eventually

_READ_A_PASTE = """
import os, sys, tty
tty.setraw(0)
sys.stdout.write("\\x1b[?2004hready"); sys.stdout.flush()
got = b""
while not got.endswith(b"\\x1b[201~"):
    got += os.read(0, 65536)
with open(sys.argv[1] + ".new", "wb") as file:
    file.write(got)
os.rename(sys.argv[1] + ".new", sys.argv[1])
"""


async def shows(pane: Pane, text: str) -> bool:
    return text in await pane.capture()


async def pasted(pane: Pane, text: str, out: Path) -> str:
    await pane.respawn(["python3", "-I", "-S", "-c", _READ_A_PASTE, str(out)], {}, out.parent)
    await eventually(lambda: shows(pane, "ready"))
    await pane.paste(text)
    await eventually(out.exists)
    return out.read_bytes().decode()


async def test_one_word_alone_is_no_shells_business_either(pane: Pane, place: Path) -> None:
    program = place / "odd $(touch hacked) name=x"
    program.write_text("#!/bin/sh\ntouch ran; exec cat\n")
    program.chmod(0o755)
    await pane.respawn([str(program)], {}, place)
    await eventually((place / "ran").exists)
    assert not (place / "hacked").exists()


async def test_each_of_a_hundred_quick_ends_tells_its_status(pane: Pane, place: Path) -> None:
    for status in range(100):
        pid = await pane.respawn(["sh", "-c", f"exit {status}"], {}, place)
        assert await pane.end_status(pid, deadline=30) == EndStatus(status, None)


async def test_a_killed_process_tells_its_signal(pane: Pane, place: Path) -> None:
    pid = await pane.respawn(["sleep", "1000"], {}, place)
    os.kill(pid, signal.SIGKILL)
    assert await pane.end_status(pid, deadline=30) == EndStatus(None, signal.SIGKILL)


async def test_a_live_process_is_replaced_only_when_asked(pane: Pane, place: Path) -> None:
    first = ProcessId.of(await pane.respawn(["sleep", "1000"], {}, place, marks={"launch": "one"}))
    assert first is not None
    with pytest.raises(CommandFailed, match="still active"):
        await pane.respawn(["sleep", "1000"], {}, place, kill=False)
    assert first.alive()
    await pane.respawn(["sleep", "1000"], {}, place, marks={"launch": "two"})
    facts = await pane.facts()
    assert (facts.launch, facts.dead) == ("two", False)
    await eventually(lambda: not first.alive())


async def test_a_long_japanese_text_is_pasted_exactly_and_bracketed(pane: Pane, place: Path) -> None:
    text = "".join(f"{number}: 収穫は終わりました 😀 ; $HOME `x` \\n\t#{{pane_id}}\n" for number in range(120))
    assert len(text.encode()) > 5000
    assert await pasted(pane, text, place / "pasted") == "\x1b[200~" + text.replace("\n", "\r") + "\x1b[201~"


async def test_a_pasted_text_cannot_leave_its_bracket_and_press_keys(pane: Pane, place: Path) -> None:
    hostile = "a\x1b[201~\x03b\x9b201~\r\nc"
    assert await pasted(pane, hostile, place / "pasted") == "\x1b[200~a\ufffd[201~\ufffdb\ufffd201~\rc\x1b[201~"


async def test_keys_and_typed_text_reach_the_program_even_when_a_human_scrolls(control: Control, pane: Pane) -> None:
    await pane.respawn(["cat", "-"], {}, Path("/"))
    await control.command("copy-mode", "-t", pane.id)
    assert (await pane.facts()).in_mode
    await pane.type_literal("Enter; 日本")
    await pane.keys("Enter")
    await eventually(lambda: shows(pane, "Enter; 日本\nEnter; 日本"))


async def test_a_pane_that_prints_tmuxs_own_protocol_is_shown_and_not_obeyed(pane: Pane, place: Path) -> None:
    lines = ["%end 1 1 1", "%error 1 1 1", "%begin 1 2 1", "%exit"]
    await pane.respawn(["sh", "-c", f"printf '%s\\n' {shlex.join(lines)} ready; exec cat"], {}, place)
    await eventually(lambda: shows(pane, "ready"))
    assert (await pane.capture()).splitlines()[:5] == [*lines, "ready"]
    assert (await pane.facts()).id == pane.id


async def test_a_pipe_keeps_a_log_through_restarts(pane: Pane, place: Path) -> None:
    log = place / "it's %H #{pane_id} 日本.log"
    await pane.pipe(f"exec cat >> {shlex.quote(str(log))}")
    for word in ("first", "second"):
        await pane.respawn(["sh", "-c", f"echo {word}; exec cat"], {}, place)
        await eventually(partial(holds, log, word))
        pid = await pane.respawn(["sh", "-c", "exit 0"], {}, place)
        assert await pane.end_status(pid, deadline=30) == EndStatus(0, None)
    assert log.read_text().split() == ["first", "second"]


def holds(file: Path, word: str) -> bool:
    return file.exists() and word in file.read_text()


async def test_a_pane_that_is_gone_is_never_taken_for_another(control: Control, pane: Pane) -> None:
    await pane.close()
    with pytest.raises(PaneGone):
        await pane.facts()
    with pytest.raises(PaneGone):
        await pane.respawn(["cat", "-"], {}, Path("/"))
    with pytest.raises(PaneGone):
        await pane.paste("for nobody")
    assert [facts.agent for facts in await list_panes(control)] == ["worker"]
    assert await control.command("list-buffers") == []


async def test_the_connection_is_no_human_and_a_humans_terminal_changes_no_size(
    control: Control, pane: Pane, tmux: Place
) -> None:
    before = await pane.facts()
    assert before.attached == 0
    mine, terminal = os.openpty()
    human = await asyncio.to_thread(
        subprocess.Popen,
        [*tmux.argv(), "attach-session", "-t", f"={SESSION}"],
        stdin=terminal, stdout=terminal, stderr=terminal, env={**tmux.environment(), "TERM": "xterm"},
    )  # fmt: skip
    try:
        await eventually(lambda: human_is_there(pane))
        facts = await pane.facts()
        assert (facts.width, facts.height) == (before.width, before.height)
    finally:
        human.kill()
        await asyncio.to_thread(human.wait)
        os.close(mine)
        os.close(terminal)


async def human_is_there(pane: Pane) -> bool:
    return (await pane.facts()).attached == 1


async def test_nothing_of_the_daemons_own_reaches_a_pane(pane: Pane, witness: Witness, control: Control) -> None:
    for name in ("NOTIFY_SOCKET", "ORCHESTRATOR_STATE_DIR", "CLAUDECODE", "HARMLESS"):
        await control.command("set-environment", "-g", name, "from whoever started the server")
    await pane.respawn(witness.argv(), {**witness.env, "ORCHESTRATOR_SOCKET": "told"}, Path("/"))
    env = (await witness.told()).env
    assert {"NOTIFY_SOCKET", "ORCHESTRATOR_STATE_DIR", "CLAUDECODE"}.isdisjoint(env)
    assert (env["ORCHESTRATOR_SOCKET"], "HARMLESS" in env) == ("told", True)


async def test_marks_tell_whose_a_pane_is(pane: Pane) -> None:
    await pane.mark(launch="l1")
    facts = await pane.facts()
    assert (facts.cluster, facts.agent, facts.launch) == (CLUSTER, "boss", "l1")
