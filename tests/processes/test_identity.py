import os
import subprocess
import sys
from pathlib import Path

from orchestratord.processes import ProcessId, launch_of, parents
from orchestratord.processes.identity import stat_of
from tests.wait import until


async def test_a_live_process_is_known_by_pid_and_start_on_the_loop_too() -> None:
    me = ProcessId.of(os.getpid())
    assert me is not None
    assert me.alive()
    assert me == ProcessId.of(os.getpid())
    assert launch_of(os.getpid()) == os.environ.get("ORCHESTRATOR_LAUNCH")


def test_a_pid_that_was_given_to_somebody_else_is_not_the_process_that_had_it() -> None:
    me = ProcessId.of(os.getpid())
    assert me is not None
    assert not ProcessId(me.pid, me.started - 1).alive()


def test_a_zombie_is_dead_though_its_pid_is_still_taken(place: Path) -> None:
    child = subprocess.Popen(["sleep", "1000"])
    process = ProcessId.of(child.pid)
    assert process is not None
    child.kill()
    until(lambda: (stat := stat_of(child.pid)) and stat.state == "Z")
    assert not process.alive()
    assert ProcessId.of(child.pid) is None
    child.wait()
    assert not process.alive()
    assert stat_of(child.pid) is None


def test_a_name_with_brackets_and_spaces_confuses_nobody(place: Path) -> None:
    program = place / "a) Z (1 2"
    program.symlink_to("/bin/sleep")
    child = subprocess.Popen([program, "1000"])
    try:
        until(lambda: b"sleep" not in Path(f"/proc/{child.pid}/comm").read_bytes())
        stat = stat_of(child.pid)
        assert stat is not None
        assert stat.parent == os.getpid()
    finally:
        child.kill()
        child.wait()


def test_the_launch_id_is_read_from_the_environment_a_process_began_with(place: Path) -> None:
    child = subprocess.Popen(["sleep", "1000"], env={"ORCHESTRATOR_LAUNCH": "boss-17", "X": "ORCHESTRATOR_LAUNCH=no"})
    try:
        assert until(lambda: launch_of(child.pid)) == "boss-17"
    finally:
        child.kill()
        child.wait()
    assert launch_of(child.pid) is None


def test_the_line_of_parents_leads_to_the_first_process(place: Path) -> None:
    program = "import os; print(os.getpid(), flush=True); input()"
    shell = subprocess.Popen(
        ["sh", "-c", f'"{sys.executable}" -c "{program}"; true'],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert shell.stdin is not None
    assert shell.stdout is not None
    pid = int(shell.stdout.readline())
    line = parents(pid)
    assert line[:2] == (shell.pid, os.getpid())
    assert line[-1] == 1
    shell.communicate("\n")
    assert parents(pid) == ()
