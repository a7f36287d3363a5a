"""CPU time and memory of an agent's processes, children among them, as Prometheus is told."""

import asyncio
import os
import signal
import subprocess
import sys
import uuid
from pathlib import Path

from orchestratord.processes import ProcessId, members, send
from orchestratord.verbs.house import House
from orchestratord.web.process_usage import CpuTime, ProcessUsage
from tests.straw import straw_of

FAMILY = """
import subprocess, sys, time
busy = "import time\\nwhile time.process_time() < 0.3: pass"
subprocess.run([sys.executable, "-c", busy])
subprocess.Popen(["sleep", "1000"], start_new_session=True)
print("complete", flush=True)
time.sleep(1000)
"""


async def test_an_agents_whole_tree_is_looked_at_once_an_interval(house: House, place: Path) -> None:
    worker = straw_of(house).agents["worker"]
    worker.launch = uuid.uuid4().hex
    root = subprocess.Popen(
        [sys.executable, "-c", FAMILY], stdout=subprocess.PIPE, env={**os.environ, "ORCHESTRATOR_LAUNCH": worker.launch}
    )
    assert root.stdout is not None
    assert root.stdout.readline() == b"complete\n"
    now = 0.0
    figures = ProcessUsage(house, clock=lambda: now)
    try:
        worker.process = ProcessId.of(root.pid)
        await figures.look()
        assert figures.cpu["worker"].total >= 0.2, "the time of a child that has ended, too"
        assert figures.memory["worker"] > 1_000_000
        assert "grand_boss" not in figures.memory
        before = dict(figures.memory)
    finally:
        family = await asyncio.to_thread(members, ProcessId.of(root.pid), worker.launch)
        send(family, signal.SIGKILL)
        root.communicate()
    worker.process = None
    now = 4.9
    await figures.look()
    assert figures.memory == before
    now = 5.0
    await figures.look()
    assert figures.memory == {}
    assert figures.cpu["worker"].total >= 0.2


def test_cpu_time_only_grows() -> None:
    time = CpuTime()
    for launch, seconds, total in [("a", 5.0, 5.0), ("a", 4.0, 5.0), ("a", 6.0, 6.0), ("b", 1.0, 7.0), ("b", 1.5, 7.5)]:
        time.take(launch, seconds)
        assert time.total == total
