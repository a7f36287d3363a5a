"""kill -9 of a supervised `sleep`: how long until its successor exists."""

import os
import signal
import tempfile
import time
from pathlib import Path

from benchmarks.peers.circus import Circus
from benchmarks.peers.orchestratord import Orchestratord
from benchmarks.peers.peer import Peer
from benchmarks.peers.pm2 import Pm2
from benchmarks.peers.supervisord import Supervisord
from benchmarks.report import print_ratios
from benchmarks.sighting import ProcessWatch, pids_of
from tests.wait import until

ROUNDS = 15
PEERS: list[type[Peer]] = [Orchestratord, Pm2, Supervisord, Circus]


def kill_and_wait(argv: list[str]) -> float:
    """Milliseconds from the signal to the successor's first instruction."""
    (victim,) = until(lambda: pids_of(argv))
    with ProcessWatch() as watch:
        before = time.monotonic()
        os.kill(victim, signal.SIGKILL)
        return (watch.next_start(argv) - before) * 1000


def main() -> None:
    figures = {}
    for number, kind in enumerate(PEERS):
        argv = ["/bin/sleep", str(86_400 + number)]
        with (
            tempfile.TemporaryDirectory(prefix="orc-bench-", dir="/tmp") as folder,
            kind(Path(folder), argv, 1) as peer,
        ):
            if isinstance(peer, Orchestratord):
                peer.start()
            values = []
            for _ in range(ROUNDS):
                # Stable for a while first, so that no backoff is due with any of them.
                time.sleep(1.5)
                values.append(kill_and_wait(argv))
            figures[peer.name] = values
    print_ratios("From kill -9 to the successor", "ms", figures)


if __name__ == "__main__":
    main()
