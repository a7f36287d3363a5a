"""The command line: which commands there are. One file a command, in commands/; the list is the manual's order."""

from collections.abc import Sequence
from importlib import import_module
from typing import Final

import typer

from orchestratorctl.everywhere import everywhere

__all__ = ["COMMANDS", "program"]

COMMANDS: Final = (
    "start", "stop", "restart", "shutdown", "status", "agents", "dashboard", "attach", "logs", "events",
    "send", "reply", "inbox", "messages",
    "hold", "release", "reset-failed", "approve", "deny", "explain", "reload", "alerts", "metrics", "config",
    "token", "mcp", "version",
)  # fmt: skip


def program(words: Sequence[str] | None = None) -> typer.Typer:
    """The typer application.

    With the words of a command line only the commands named among them are loaded, for start-up time counts; without
    any such name all are, so that help, completion and suggestions know them all.
    """
    named = [name for name in COMMANDS if words is not None and name in words]
    app = typer.Typer(
        name="orchestratorctl",
        help="Operate a cluster of interactive AI coding agents: the client of orchestratord.",
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(everywhere)
    for name in named or COMMANDS:
        app.add_typer(import_module(f"orchestratorctl.commands.{name.replace('-', '_')}").app)
    return app
