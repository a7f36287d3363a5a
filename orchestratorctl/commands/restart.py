"""`orchestratorctl restart`: end and start again; with --rolling one after another."""

from typing import Annotated

import typer

from orchestratorctl.cluster_view import agents_answer, running
from orchestratorctl.completion import AgentNames
from orchestratorctl.everywhere import command
from orchestratorctl.invocation import Invocation

__all__ = ["app"]

app = typer.Typer()


@app.command()
@command
def restart(
    invocation: Invocation,
    agents: AgentNames = None,
    *,
    rolling: Annotated[
        bool, typer.Option("--rolling", help="One after another, each ready before the next ends.")
    ] = False,
) -> None:
    """End agents and start them again, with their conversations where their CLI can resume."""
    if not agents:
        invocation.confirm("This ends and starts again all agents:", lambda: running(invocation.ask("agents")))
    invocation.show(agents_answer(invocation.perform("restart", agents=agents, rolling=rolling)))
