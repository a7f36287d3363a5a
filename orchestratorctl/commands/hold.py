"""`orchestratorctl hold`: what ends stays ended, for a look at it."""

import typer

from orchestratorctl.cluster_view import agents_answer
from orchestratorctl.completion import AgentName
from orchestratorctl.everywhere import command
from orchestratorctl.invocation import Invocation

__all__ = ["app"]

app = typer.Typer()


@app.command()
@command
def hold(invocation: Invocation, agent: AgentName) -> None:
    """Leave agents as they are: no automatic restart until they are released."""
    invocation.show(agents_answer(invocation.perform("hold", agent=agent)))
