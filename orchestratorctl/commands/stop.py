"""`orchestratorctl stop`: agents down, their whole process trees; session and panes stay."""

import typer

from orchestratorctl.cluster_view import agents_answer, running
from orchestratorctl.completion import AgentNames
from orchestratorctl.everywhere import command
from orchestratorctl.invocation import Invocation

__all__ = ["app"]

app = typer.Typer()


@app.command()
@command
def stop(invocation: Invocation, agents: AgentNames = None) -> None:
    """End agents, politely first, and keep the tmux session and its panes. They stay stopped until started again."""
    if not agents:
        invocation.confirm("This ends all agents:", lambda: running(invocation.ask("agents")))
    invocation.show(agents_answer(invocation.perform("stop", agents=agents)))
