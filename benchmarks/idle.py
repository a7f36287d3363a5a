"""What a supervisor costs while fifty programs do nothing: CPU, memory, and processes it forks."""

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
from benchmarks.sighting import ProcessWatch

COUNT = 50
SECONDS = 30
PEERS: list[type[Peer]] = [Orchestratord, Pm2, Supervisord, Circus]


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
            times = process.cpu_times()
            with ProcessWatch() as watch:
                forked[peer.name] = [float(watch.forks_of(peer.pid, SECONDS))]
            after = process.cpu_times()
            cpu[peer.name] = [(after.user + after.system - times.user - times.system) / SECONDS * 100]
            memory[peer.name] = [process.memory_info().rss / 1e6]
    print_ratios(f"Idle with {COUNT} programs, CPU", "% of a core", cpu)
    print_ratios(f"Idle with {COUNT} programs, memory", "MB", memory)
    print_ratios(f"Processes forked by the supervisor in {SECONDS} s", "processes", forked)


if __name__ == "__main__":
    main()
