"""`orchestratorctl send`: a message to an agent, and with --wait its answer."""

import sys
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import typer

from orchestratorctl.completion import agent_names
from orchestratorctl.ends import await_ends
from orchestratorctl.everywhere import command
from orchestratorctl.faults import BadUsage, Fault, TimedOut
from orchestratorctl.invocation import Invocation
from orchestratorctl.letters import table_answer
from orchestratorctl.output import Answer
from orchestratorctl.printable import plain

__all__ = ["Text", "app", "read_text"]

app = typer.Typer()

Text = Annotated[str, typer.Argument(metavar="TEXT", help="What it says; - reads it from stdin.")]


@app.command()
@command
def send(
    invocation: Invocation,
    to: Annotated[
        str, typer.Argument(metavar="AGENT", autocompletion=agent_names, help="An agent, a role, all, or operator.")
    ],
    text: Text,
    *,
    wait: Annotated[bool, typer.Option("--wait", "-w", help="Wait for the answer and print it.")] = False,
    timeout: Annotated[
        float | None,
        typer.Option("--timeout", metavar="SECONDS", min=0.001, help="Wait no longer than this; 124 when time is up."),
    ] = None,
    subject: Annotated[str | None, typer.Option("--subject", help="One line above it.")] = None,
    urgent: Annotated[bool, typer.Option("--urgent", help="Before whatever else waits; for operators only.")] = False,
    key: Annotated[
        str | None, typer.Option("--key", help="Sending again with the same key is still one message.")
    ] = None,
    expire_after: Annotated[
        float | None,
        typer.Option("--expire-after", metavar="SECONDS", min=0.001, help="When it is of no use any more."),
    ] = None,
    reply_to: Annotated[str | None, typer.Option("--reply-to", metavar="ID", help="The message it belongs to.")] = None,
    sender: Annotated[
        str | None, typer.Option("--as", metavar="NAME", help="In whose name; anything but your own is refused.")
    ] = None,
) -> None:
    """Send a message; it is kept until it has arrived."""
    parameters = {
        "to": to, "text": read_text(text), "subject": subject, "urgent": urgent or None, "key": key,
        "expire_after": expire_after, "reply_to": reply_to, "sender": sender,
    }  # fmt: skip
    document = invocation.ask("send", **parameters)
    if not wait and timeout is None:
        invocation.show(table_answer(document, document["messages"]))
        return
    ids = [str(message["id"]) for message in document["messages"]]
    messages = await_ends(invocation.connect, ids, timeout)
    in_order = [messages[id_] for id_ in ids if id_ in messages]
    answered = [message for message in in_order if message["state"] == "answered"]
    if answered:
        invocation.show(_answers({"messages": in_order}, in_order, answered))
    _expect_answers(in_order)


def read_text(text: str) -> str:
    """What was given, or with - what comes from stdin, without the newline that ends its last line.

    Raises BadUsage for what is not UTF-8.
    """
    if text != "-":
        return text
    try:
        return sys.stdin.buffer.read().decode().removesuffix("\n")
    except UnicodeDecodeError as fault:
        raise BadUsage(f"what comes from stdin is not UTF-8: byte {fault.start}") from fault


def _answers(
    document: Mapping[str, Any], messages: Sequence[Mapping[str, Any]], answered: Sequence[Mapping[str, Any]]
) -> Answer:
    """The answer alone, so that it can be piped on; several are told apart by their agents' names."""
    several = len(messages) > 1
    told = [(f"{message['to']}:\n" if several else "") + plain(str(message["answer"])) for message in answered]
    return Answer(document, messages, [str(each["id"]) for each in messages], lambda _: "\n".join(told) + "\n")


def _expect_answers(messages: Sequence[Mapping[str, Any]]) -> None:
    for message in messages:
        id_, to, state, reason = message["id"], message["to"], message["state"], message["reason"]
        if state in {"queued", "typed", "submitted", "accepted"}:
            raise TimedOut(
                f"no answer from {to} in time: message {id_} is {state}{': ' if reason else ''}{reason}",
                hint=f"It lives on: orchestratorctl messages --to {to} shows how far it is.",
            )
        if state != "answered":
            raise Fault(f"message {id_} to {to} is {state}: {reason}", hint=f"orchestratorctl messages retry {id_}")
