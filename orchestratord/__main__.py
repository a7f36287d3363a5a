"""The command line: ``orchestratord [--config FILE] [--check-config]``, in the foreground."""

import argparse
import asyncio
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from orchestratord import __version__
from orchestratord.config.load import load
from orchestratord.config.places import Places
from orchestratord.errors import OrchestratorError
from orchestratord.systemd.notify import Notifier

__all__ = ["main"]


def _arguments(words: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="orchestratord", description="Runs a cluster of interactive AI coding agents in tmux.", allow_abbrev=False
    )
    parser.add_argument("--config", type=Path, metavar="FILE", help="the configuration (else ORCHESTRATOR_CONFIG_PATH)")
    parser.add_argument("--check-config", action="store_true", help="say what is wrong with the configuration, and end")
    parser.add_argument("--version", action="version", version=f"orchestratord {__version__}")
    return parser.parse_args(words)


def main(words: Sequence[str] | None = None) -> int:
    """Run until told to end; returns the exit status: 0, 1 failed, 78 bad configuration (2 usage, by argparse)."""
    arguments = _arguments(words)
    try:
        places = Places.find(os.environ, uid=os.getuid(), cwd=Path.cwd(), exists=Path.exists, config=arguments.config)
        configuration = load(places.config_path, os.environ)
        if arguments.check_config:
            print(f"{places.config_path}: fine, {len(configuration.agents)} agents")  # noqa: T201  the answer
            return 0
        # Imported late: a check needs neither tmux nor a web server.
        from orchestratord.daemon import run

        asyncio.run(run(places, configuration, Notifier.from_environment()))
    except OrchestratorError as fault:
        print(fault.message, file=sys.stderr)  # noqa: T201  there may be no log yet
        if fault.hint:
            print(fault.hint, file=sys.stderr)  # noqa: T201
        return fault.exit_status
    return 0


if __name__ == "__main__":
    sys.exit(main())
