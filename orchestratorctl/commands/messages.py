"""`orchestratorctl messages`: how far messages are, with -f as it happens; and what can be done to one."""

from enum import StrEnum
from typing import Annotated

import typer

from orchestratorctl.completion import agent_names
from orchestratorctl.everywhere import command
from orchestratorctl.faults import BadUsage
from orchestratorctl.invocation import Invocation
from orchestratorctl.letters import steps_answer, table_answer

__all__ = ["app"]

app = typer.Typer()


class Deed(StrEnum):
    """What can be done to a message."""

    RETRY = "retry"
    CANCEL = "cancel"


class State(StrEnum):
    """How far a message has come."""

    QUEUED = "queued"
    TYPED = "typed"
    SUBMITTED = "submitted"
    ACCEPTED = "accepted"
    ANSWERED = "answered"
    EXPIRED = "expired"
    FAILED = "failed"
    DEAD = "dead"
    CANCELLED = "cancelled"


@app.command()
@command
def messages(
    invocation: Invocation,
    deed: Annotated[
        Deed | None, typer.Argument(help="Queue a failed one again, or take back one that is still queued.")
    ] = None,
    message_id: Annotated[str | None, typer.Argument(metavar="[ID]", help="The message to do it to.")] = None,
    *,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on with every step, until Ctrl+C.")] = False,
    number: Annotated[int, typer.Option("--number", "-n", min=0, max=1000, help="So many of the latest.")] = 20,
    to: Annotated[
        str | None, typer.Option("--to", autocompletion=agent_names, help="Only those to this agent.")
    ] = None,
    sender: Annotated[
        str | None, typer.Option("--from", autocompletion=agent_names, help="Only those from this agent.")
    ] = None,
    state: Annotated[list[State] | None, typer.Option("--state", help="Only those in this state. Repeatable.")] = None,
    thread: Annotated[str | None, typer.Option("--thread", metavar="ID", help="Only those of this thread.")] = None,
) -> None:
    """List messages, oldest first; follow them; or retry or cancel one."""
    if deed is not None:
        if message_id is None:
            raise BadUsage(f"which message? Say its id: orchestratorctl messages {deed} ID")
        document = invocation.ask(f"messages.{deed}", id=message_id)
        invocation.show(table_answer(document, [document["message"]]))
        return
    wanted = {"to": to, "from": sender, "state": state or None, "thread": thread}
    if follow:
        steps = invocation.follow("messages.subscribe", latest=number, **wanted)
        next(steps)
        for message in steps:
            invocation.show_one(steps_answer(message))
        return
    document = invocation.ask("messages", limit=max(1, number), **wanted)
    invocation.show(table_answer(document, document["messages"]))
    if not document["messages"]:
        invocation.console.say("no messages")
