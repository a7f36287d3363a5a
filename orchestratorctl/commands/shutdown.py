"""`orchestratorctl shutdown`: the agents and then the session; the daemon goes on."""

import typer

from orchestratorctl.cluster_view import agents_answer, running
from orchestratorctl.everywhere import command
from orchestratorctl.invocation import Invocation

__all__ = ["app"]

app = typer.Typer()


@app.command()
@command
def shutdown(invocation: Invocation) -> None:
    """End all agents and remove the tmux session with what its panes show. The daemon goes on."""
    invocation.confirm("This removes the tmux session and ends all agents:", lambda: running(invocation.ask("agents")))
    invocation.show(agents_answer(invocation.perform("shutdown")))
