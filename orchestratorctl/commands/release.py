"""`orchestratorctl release`: automatic restarts again."""

import typer

from orchestratorctl.cluster_view import agents_answer
from orchestratorctl.completion import AgentName
from orchestratorctl.everywhere import command
from orchestratorctl.invocation import Invocation

__all__ = ["app"]

app = typer.Typer()


@app.command()
@command
def release(invocation: Invocation, agent: AgentName) -> None:
    """Take back a hold: automatic restarts happen again."""
    invocation.show(agents_answer(invocation.perform("release", agent=agent)))
