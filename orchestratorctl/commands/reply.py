"""`orchestratorctl reply`: an answer to a message."""

from typing import Annotated

import typer

from orchestratorctl.commands.send import Text, read_text
from orchestratorctl.everywhere import command
from orchestratorctl.invocation import Invocation
from orchestratorctl.letters import table_answer

__all__ = ["app"]

app = typer.Typer()


@app.command()
@command
def reply(
    invocation: Invocation,
    message_id: Annotated[str, typer.Argument(metavar="ID", help="The message's id, from inbox.")],
    text: Text,
) -> None:
    """Answer a message that was sent to you."""
    document = invocation.ask("reply", id=message_id, text=read_text(text))
    messages = [message for message in (document["message"], document.get("sent")) if message]
    invocation.show(table_answer(document, messages))
