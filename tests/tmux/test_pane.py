"""A pane: the agent is its process, text arrives unaltered, and every end has its status."""

import asyncio
import os
import signal
from pathlib import Path

import pytest

from orchestratord.processes.identity import ProcessId
from orchestratord.tmux.control import Control
from orchestratord.tmux.facts import MARK_AGENT
from orchestratord.tmux.failures import PaneGone
from orchestratord.tmux.pane import Pane
from orchestratord.tmux.session import SessionKeeper
from tests.wait import eventually

ODD = "a'b\"c;d $HOME ~ #{pane_id} \n日本語😀 \\x \t end;"

READ_A_PASTE = """
import sys, termios, tty
tty.setraw(0)
sys.stdout.write("\\x1b[?2004hready"); sys.stdout.flush()
got = b""
while not got.endswith(b"\\x1b[201~"):
    import os
    got += os.read(0, 65536)
open(sys.argv[1] + ".new", "wb").write(got)
os.rename(sys.argv[1] + ".new", sys.argv[1])
"""


@pytest.fixture
async def pane(control: Control, keeper: SessionKeeper) -> Pane:
    (facts,) = await keeper.panes()
    return Pane(control, facts.pane)


async def test_arguments_and_environment_arrive_exactly_and_without_a_shell(pane: Pane, place: Path) -> None:
    program = (
        "import os, sys; from pathlib import Path; out = Path(sys.argv[1]);"
        "out.with_suffix('.new').write_text('|'.join([sys.argv[2], os.environ['ODD'], os.environ.get('HOME', 'none'),"
        " str(Path.cwd())])); out.with_suffix('.new').rename(out)"
    )
    out = place / "out"
    argv = ["/usr/bin/python3", "-c", program, str(out), ODD]
    await pane.respawn(argv, env={"ODD": ODD}, drop=["HOME"], cwd=place)
    await eventually(out.exists)
    assert out.read_text() == f"{ODD}|{ODD}|none|{place}"


async def test_a_single_word_is_not_given_to_a_shell_either(pane: Pane, place: Path) -> None:
    program = place / "odd $(touch hacked) name"
    program.write_text(f"#!/bin/sh\ntouch {place}/ran; exec sleep 1000\n")
    program.chmod(0o755)
    await pane.respawn([str(program)], env={}, cwd=place)
    await eventually((place / "ran").exists)
    assert not (place / "hacked").exists()


async def test_every_one_of_a_hundred_quick_ends_has_its_status(pane: Pane, place: Path) -> None:
    for status in range(100):
        await pane.respawn(["sh", "-c", f"exit {status}"], env={}, cwd=place)
        pid = (await pane.facts()).pid
        assert await pane.end_status(pid) == (status, None)


async def test_a_killed_process_has_its_signal(pane: Pane, place: Path) -> None:
    await pane.respawn(["sleep", "1000"], env={}, cwd=place)
    pid = (await pane.facts()).pid
    os.kill(pid, signal.SIGKILL)
    assert await pane.end_status(pid) == (None, signal.SIGKILL)


async def test_a_new_process_ends_the_one_before(pane: Pane, place: Path) -> None:
    await pane.respawn(["sleep", "1000"], env={}, cwd=place, launch="one")
    first = ProcessId.of((await pane.facts()).pid)
    assert first is not None
    await pane.respawn(["sleep", "1000"], env={}, cwd=place, launch="two")
    facts = await pane.facts()
    assert facts.launch == "two"
    assert not facts.dead
    await eventually(lambda: not first.alive())


async def test_pasted_text_arrives_whole_and_bracketed(pane: Pane, place: Path) -> None:
    text = "".join(f"{number}: 収穫は終わりました 😀 ; $HOME `x` \\n\n" for number in range(120))
    out = place / "pasted"
    await pane.respawn(["/usr/bin/python3", "-c", READ_A_PASTE, str(out)], env={}, cwd=place)
    await eventually(lambda: shows(pane, "ready"))
    await pane.paste(text)
    await eventually(out.exists)
    assert out.read_bytes().decode() == f"\x1b[200~{text}\x1b[201~"


async def test_keys_and_typed_text_reach_the_program(pane: Pane, place: Path) -> None:
    await pane.respawn(["cat"], env={}, cwd=place)
    await pane.type_literal("Enter; 日本")
    await pane.keys("Enter")
    await eventually(lambda: shows(pane, "Enter; 日本\nEnter; 日本"))


async def shows(pane: Pane, text: str) -> bool:
    return text in await pane.capture()


async def test_marks_are_found_again(pane: Pane, keeper: SessionKeeper, control: Control) -> None:
    await pane.mark(cluster="here", agent="anna")
    (facts,) = await keeper.panes()
    assert (facts.cluster, facts.agent, facts.launch) == ("here", "anna", "")
    assert await control.command("show-options", "-p", "-v", "-t", pane.id, MARK_AGENT) == ["anna"]


async def test_a_pane_that_is_gone_is_never_taken_for_another(control: Control, keeper: SessionKeeper) -> None:
    (new,) = await keeper.ensure(1)
    gone = Pane(control, new)
    await gone.close()
    with pytest.raises(PaneGone):
        await gone.facts()
    with pytest.raises(PaneGone):
        await gone.respawn(["sleep", "1"], env={}, cwd=Path("/"))
    with pytest.raises(PaneGone):
        await gone.keys("Enter")
    assert len(await keeper.panes()) == 1


async def test_a_pipe_gets_what_the_pane_prints(pane: Pane, place: Path) -> None:
    await pane.respawn(["cat"], env={}, cwd=place)
    await pane.pipe(["tee", str(place / "it's a log")])
    await pane.type_literal("hello")
    await pane.keys("Enter")
    log = place / "it's a log"
    await eventually(lambda: asyncio.to_thread(lambda: log.exists() and b"hello" in log.read_bytes()))
