"""How long the command takes with which a person asks for the state of five programs."""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.peers.circus import Circus
from benchmarks.peers.orchestratord import Orchestratord
from benchmarks.peers.peer import Peer
from benchmarks.peers.pm2 import Pm2
from benchmarks.peers.supervisord import Supervisord
from benchmarks.report import print_ratios

ROUNDS = 15
PEERS: list[type[Peer]] = [Orchestratord, Supervisord, Circus, Pm2]
BARE = "import typer\napp = typer.Typer()\n@app.command()\ndef hello(): pass\napp()\n"


def timed(argv: list[str], environment: dict[str, str] | None = None) -> float:
    before = time.monotonic()
    subprocess.run(argv, env=environment, stdout=subprocess.DEVNULL, check=True)
    return (time.monotonic() - before) * 1000


def main() -> None:
    figures = {}
    for kind in PEERS:
        with (
            tempfile.TemporaryDirectory(prefix="orc-bench-", dir="/tmp") as folder,
            kind(Path(folder), ["/bin/sleep", "86400"], 5) as peer,
        ):
            if isinstance(peer, Orchestratord):
                peer.start()
            argv, environment = peer.status_argv()
            timed(argv, environment)
            figures[peer.name] = [timed(argv, environment) for _ in range(ROUNDS)]
    figures["a bare typer"] = [timed([sys.executable, "-c", BARE]) for _ in range(ROUNDS)]
    print_ratios("The status command, five programs", "ms", figures)


if __name__ == "__main__":
    main()
