"""`orchestratorctl approve`: yes to what an agent asks, and to nothing else."""

import typer

from orchestratorctl.completion import AgentName
from orchestratorctl.dialogs import Dialog, answer
from orchestratorctl.everywhere import command
from orchestratorctl.invocation import Invocation

__all__ = ["app"]

app = typer.Typer()


@app.command()
@command
def approve(invocation: Invocation, agent: AgentName, *, dialog: Dialog = None) -> None:
    """Say yes to the dialog that an agent shows; on a terminal it is shown and asked about first."""
    answer(invocation, "approve", agent, dialog)
