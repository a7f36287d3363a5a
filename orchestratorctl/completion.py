"""What the shell completes: agent names come from the daemon, and silently from nowhere when it does not answer."""

import os
from typing import Annotated, Final

import typer

from orchestratorctl.client import Connection
from orchestratorctl.faults import Fault
from orchestratorctl.places import sockets

__all__ = ["AgentName", "AgentNames", "AnyAgent", "agent_names"]

_PATIENCE: Final = 3.0
"""Seconds; only a daemon that hangs makes whoever presses Tab wait so long."""


def agent_names(context: typer.Context, incomplete: str) -> list[str]:
    """The agents' names that begin so."""
    for path in sockets(context.params.get("socket"), os.environ, os.getuid()).paths:
        try:
            with Connection(path) as connection:
                known = connection.call("agents", silence=_PATIENCE).get("agents", [])
        except (OSError, Fault):
            continue
        return [agent["name"] for agent in known if agent["name"].startswith(incomplete)]
    return []


AgentNames = Annotated[
    list[str] | None,
    typer.Argument(metavar="[AGENT]...", autocompletion=agent_names, help="The agents; without any: all."),
]
AgentName = Annotated[str, typer.Argument(metavar="AGENT", autocompletion=agent_names, help="The agent.")]
AnyAgent = Annotated[
    str | None, typer.Argument(metavar="[AGENT]", autocompletion=agent_names, help="The agent this is about.")
]
