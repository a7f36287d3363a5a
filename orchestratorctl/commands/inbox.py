"""`orchestratorctl inbox`: what was sent to you, and the answers to what you have sent."""

from typing import Annotated

import typer

from orchestratorctl.completion import AnyAgent
from orchestratorctl.everywhere import command
from orchestratorctl.invocation import Invocation
from orchestratorctl.letters import whole_answer

__all__ = ["app"]

app = typer.Typer()


@app.command()
@command
def inbox(
    invocation: Invocation,
    agent: AnyAgent = None,
    *,
    limit: Annotated[int, typer.Option("--limit", min=1, max=1000, help="So many of the latest.")] = 20,
) -> None:
    """Read what was sent to you, oldest first, and the answers to what you have sent; an operator reads any inbox."""
    document = invocation.ask("inbox", agent=agent, limit=limit)
    messages = document["messages"]
    invocation.show(whole_answer(document, messages))
    if not messages:
        invocation.console.say("no messages")
