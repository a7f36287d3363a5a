"""What a supervisor costs while fifty programs do nothing: CPU, memory, and processes forked on the machine."""

import tempfile
import time
from pathlib import Path

import psutil

from benchmarks.peers.circus import Circus
from benchmarks.peers.orchestratord import Orchestratord
from benchmarks.peers.peer import Peer
from benchmarks.peers.pm2 import Pm2
from benchmarks.peers.supervisord import Supervisord
from benchmarks.report import print_ratios

COUNT = 50
SECONDS = 30
PEERS: list[type[Peer]] = [Orchestratord, Pm2, Supervisord, Circus]


def forks() -> int:
    """Processes and threads made since boot."""
    for line in Path("/proc/stat").read_text().splitlines():
        if line.startswith("processes "):
            return int(line.split()[1])
    raise AssertionError("/proc/stat has no line 'processes'")


def main() -> None:
    cpu, memory, forked = {}, {}, {}
    for kind in PEERS:
        argv = [] if kind is Orchestratord else ["/bin/sleep", "86400"]
        with (
            tempfile.TemporaryDirectory(prefix="orc-bench-", dir="/tmp") as folder,
            kind(Path(folder), argv, COUNT) as peer,
        ):
            if isinstance(peer, Orchestratord):
                peer.start()
            time.sleep(5)
            process = psutil.Process(peer.pid)
            times, before = process.cpu_times(), forks()
            time.sleep(SECONDS)
            after = process.cpu_times()
            cpu[peer.name] = [(after.user + after.system - times.user - times.system) / SECONDS * 100]
            memory[peer.name] = [process.memory_info().rss / 1e6]
            forked[peer.name] = [float(forks() - before)]
    print_ratios(f"Idle with {COUNT} programs, CPU", "% of a core", cpu)
    print_ratios(f"Idle with {COUNT} programs, memory", "MB", memory)
    print_ratios(f"Forks on the whole machine in {SECONDS} s", "processes", forked)


if __name__ == "__main__":
    main()
