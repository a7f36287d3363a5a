"""`orchestratorctl token`: the keys to the web door."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Annotated, Any, Final

import typer

from orchestratorctl.everywhere import command, everywhere
from orchestratorctl.invocation import Invocation
from orchestratorctl.moments import clock
from orchestratorctl.output import Answer, Column, Form, table

__all__ = ["app"]

app = typer.Typer(name="token", help="Make, list and revoke bearer tokens for the web door.")
app.callback()(everywhere)


class Scope(StrEnum):
    """What a token's bearer may do."""

    LOOK = "look"
    OPERATE = "operate"


_COLUMNS: Final = [
    Column("ID", lambda token: token.get("id")),
    Column("SCOPE", lambda token: token.get("scope")),
    Column("CREATED", lambda token: clock(token.get("created_at", 0))),
    Column("NAME", lambda token: token.get("name")),
]


@app.command()
@command
def create(
    invocation: Invocation,
    name: Annotated[str, typer.Argument(metavar="NAME", help="What it is for, such as prometheus.")],
    *,
    scope: Annotated[Scope, typer.Option("--scope", help="What its bearer may do.")] = Scope.LOOK,
) -> None:
    """Make a token and print it: this once, for only its hash is kept."""
    document = invocation.perform("token.create", name=name, scope=scope)
    secret = str(document.get("token", ""))
    invocation.show(Answer(document, [document], [str(document.get("id"))], lambda _: f"{secret}\n"))
    if invocation.form is Form.TABLE:
        invocation.console.say(f"Token {document.get('id')} ({document.get('scope')}); it cannot be shown again.")


@app.command(name="list")
@command
def list_tokens(invocation: Invocation) -> None:
    """List the tokens, oldest first; not what they are, only which there are."""
    document = invocation.ask("token.list")
    tokens: Sequence[Mapping[str, Any]] = document.get("tokens", [])
    invocation.show(_answer(document, tokens))
    if not tokens:
        invocation.console.say("no tokens")


@app.command()
@command
def revoke(
    invocation: Invocation,
    token_id: Annotated[str, typer.Argument(metavar="ID", help="The token's id, from token list.")],
) -> None:
    """Make a token worthless, at once."""
    document = invocation.perform("token.revoke", id=token_id)
    invocation.show(_answer(document, [document]))


def _answer(document: Mapping[str, Any], tokens: Sequence[Mapping[str, Any]]) -> Answer:
    return Answer(
        document,
        tokens,
        [str(token.get("id")) for token in tokens],
        lambda console: table(console, _COLUMNS, tokens) if tokens else "",
    )
