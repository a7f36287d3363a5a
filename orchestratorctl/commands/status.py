"""`orchestratorctl status`: how the cluster is, once or continually."""

from typing import Annotated

import typer

from orchestratorctl.cluster_view import running, status_answer
from orchestratorctl.completion import AnyAgent
from orchestratorctl.everywhere import command
from orchestratorctl.exits import Exit
from orchestratorctl.invocation import Invocation
from orchestratorctl.output import render
from orchestratorctl.watching import watch

__all__ = ["app"]

app = typer.Typer()


@app.command()
@command
def status(
    invocation: Invocation,
    agent: AnyAgent = None,
    *,
    watching: Annotated[bool, typer.Option("--watch", "-w", help="Keep showing it, until Ctrl+C.")] = False,
) -> int:
    """Show the cluster and its agents; exit status 3 when none of them runs."""
    if watching:
        watch(
            invocation.console,
            lambda: render(invocation.console, invocation.form, status_answer(invocation.ask("status", agent=agent))),
        )
    document = invocation.ask("status", agent=agent)
    invocation.show(status_answer(document))
    return Exit.DONE if running(document) else Exit.NOT_RUNNING
