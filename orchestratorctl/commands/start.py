"""`orchestratorctl start`: agents up, all at once, and back when they are ready."""

import typer

from orchestratorctl.cluster_view import agents_answer
from orchestratorctl.completion import AgentNames
from orchestratorctl.everywhere import command
from orchestratorctl.invocation import Invocation

__all__ = ["app"]

app = typer.Typer()


@app.command()
@command
def start(invocation: Invocation, agents: AgentNames = None) -> None:
    """Start agents and wait until they are ready; the tmux session is made when it is not there."""
    invocation.show(agents_answer(invocation.perform("start", agents=agents)))
