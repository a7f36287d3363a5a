"""`orchestratorctl mcp`: the tools with which an agent talks to the others, for its agent CLI to run."""

import typer

from orchestratorctl.commands.version import own_version
from orchestratorctl.everywhere import command
from orchestratorctl.invocation import Invocation

__all__ = ["app"]

app = typer.Typer()


@app.command()
@command
def mcp(invocation: Invocation) -> None:
    """Serve the tools of an agent over MCP, on standard input and output."""
    from orchestratorctl.agent_tools import serve

    serve(invocation.connect, own_version())
