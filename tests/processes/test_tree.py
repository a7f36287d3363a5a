import os
import signal
import subprocess
import sys
import uuid
from pathlib import Path

from orchestratord.processes import ProcessId, Usage, members, send, usage
from tests.wait import until

FAMILY = """
import os, subprocess, time
subprocess.Popen(["sleep", "1001"])                                   # a child
subprocess.Popen(["sleep", "1002"], start_new_session=True, env={})    # a child that forgot its launch
between = os.fork()
if between == 0:
    os.setsid()
    if os.fork() > 0:
        os._exit(0)                                                   # its child is an orphan from here on
else:
    os.waitpid(between, 0)
    print("complete", flush=True)
time.sleep(1000)
"""


def _start(launch: str) -> tuple[subprocess.Popen[bytes], ProcessId]:
    root = subprocess.Popen(
        [sys.executable, "-c", FAMILY], stdout=subprocess.PIPE, env={**os.environ, "ORCHESTRATOR_LAUNCH": launch}
    )
    assert root.stdout is not None
    assert root.stdout.readline() == b"complete\n"
    root.stdout.close()
    process = ProcessId.of(root.pid)
    assert process is not None
    return root, process


def test_descendants_and_orphans_of_a_launch_belong_to_it_and_nobody_else(place: Path) -> None:
    launch = uuid.uuid4().hex
    stranger = subprocess.Popen(["sleep", "1000"], env={**os.environ, "ORCHESTRATOR_LAUNCH": launch + "0"})
    root, process = _start(launch)
    family = [process]
    try:
        family = members(process, launch)
        assert len(family) == 4, "root, its two children, and the orphan"
        assert process in family
        assert stranger.pid not in {one.pid for one in family}
        assert len(members(process, None)) == 3
        # Without its root: those who carry the launch and what descends from them.
        assert len(members(None, launch)) == 4

        assert usage(family).memory_bytes > usage([process]).memory_bytes > 1_000_000

        root.kill()
        root.wait()
        assert len(members(process, launch)) == 2, "the child that carries the launch, and the orphan"
        assert not members(process, None)
    finally:
        send(family, signal.SIGKILL)
        root.wait()
        stranger.kill()
        stranger.wait()
    until(lambda: not members(process, launch))
    until(lambda: usage(family) == Usage(0.0, 0), what="nothing left of anybody")


def test_signals_reach_exactly_those_meant_and_the_gone_are_passed_over(place: Path) -> None:
    gone = subprocess.Popen(["sleep", "1000"])
    was = ProcessId.of(gone.pid)
    gone.kill()
    gone.wait()
    meant = subprocess.Popen(["sleep", "1000"])
    spared = subprocess.Popen(["sleep", "1000"])
    now = ProcessId.of(meant.pid)
    other = ProcessId.of(spared.pid)
    assert was is not None
    assert now is not None
    assert other is not None
    send([was, ProcessId(other.pid, other.started - 1), now], signal.SIGTERM)
    assert meant.wait() == -signal.SIGTERM
    assert other.alive()
    spared.kill()
    spared.wait()


def test_cpu_time_is_counted_in_seconds(place: Path) -> None:
    me = ProcessId.of(os.getpid())
    assert me is not None
    before = sum(os.times()[:4])
    used = usage([me]).cpu_seconds
    # The kernel counts whole ticks.
    assert before - 0.1 <= used <= sum(os.times()[:4]) + 0.1
