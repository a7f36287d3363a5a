"""`orchestratorctl agents`: the agents alone."""

import typer

from orchestratorctl.cluster_view import agents_answer
from orchestratorctl.everywhere import command
from orchestratorctl.invocation import Invocation

__all__ = ["app"]

app = typer.Typer()


@app.command()
@command
def agents(invocation: Invocation) -> None:
    """List the agents, whatever they do."""
    invocation.show(agents_answer(invocation.ask("agents")))
