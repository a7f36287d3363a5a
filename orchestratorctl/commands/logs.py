"""`orchestratorctl logs`: the daemon's log, or what an agent's pane showed."""

import time
from collections.abc import Mapping
from typing import Annotated, Any

import typer

from orchestratorctl.completion import AnyAgent
from orchestratorctl.everywhere import command
from orchestratorctl.invocation import Invocation
from orchestratorctl.moments import parse_since
from orchestratorctl.output import Answer
from orchestratorctl.printable import plain

__all__ = ["app"]

app = typer.Typer()


@app.command()
@command
def logs(
    invocation: Invocation,
    agent: AnyAgent = None,
    *,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on with what comes, until Ctrl+C.")] = False,
    lines: Annotated[int, typer.Option("--lines", "-n", min=0, help="So many of the latest lines.")] = 100,
    since: Annotated[
        str | None,
        typer.Option("--since", metavar="TIME", help="Only what is newer: 15m, 2h, a date, a date and time."),
    ] = None,
) -> None:
    """Show the daemon's log, or with an agent what its pane showed (without its colours and cursor movements)."""
    after = None if since is None else parse_since(since, time.time())
    if not follow:
        invocation.show(_answer(invocation.ask("logs", agent=agent, lines=lines, since=after)))
        return
    for document in invocation.follow("logs", agent=agent, lines=lines, since=after, follow=True):
        invocation.show_one(_answer(document))


def _answer(document: Mapping[str, Any]) -> Answer:
    said = [str(line) for line in document.get("lines", [])]
    rows = [{"line": line} for line in said]
    return Answer(document, rows, said, lambda _: "".join(f"{plain(line)}\n" for line in said))
