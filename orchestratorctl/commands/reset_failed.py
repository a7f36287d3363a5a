"""`orchestratorctl reset-failed`: a second chance for an agent that was given up."""

import typer

from orchestratorctl.cluster_view import agents_answer
from orchestratorctl.completion import AgentName
from orchestratorctl.everywhere import command
from orchestratorctl.invocation import Invocation

__all__ = ["app"]

app = typer.Typer()


@app.command()
@command
def reset_failed(invocation: Invocation, agent: AgentName) -> None:
    """Forgive an agent that was given up its ends so far; if it should run, it is started again."""
    invocation.show(agents_answer(invocation.perform("reset_failed", agent=agent)))
