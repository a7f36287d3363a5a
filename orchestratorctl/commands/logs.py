"""`orchestratorctl logs`: the daemon's log, or what an agent's pane showed."""

import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, Final

import typer

from orchestratorctl.completion import AnyAgent
from orchestratorctl.everywhere import command
from orchestratorctl.invocation import Invocation
from orchestratorctl.moments import parse_since
from orchestratorctl.output import Answer
from orchestratorctl.printable import plain

__all__ = ["app"]

app = typer.Typer()

_LONGEST: Final = 64 << 10
"""Characters after which a line that does not end is shown as far as it goes."""


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
        document = invocation.ask("logs", agent=agent, lines=lines, since=after)
        invocation.show(_answer(document, document["lines"]))
        return
    stream = invocation.follow("logs", agent=agent, lines=lines, since=after, follow=True)
    next(stream)
    for line in _lines(str(piece["text"]) for piece in stream):
        invocation.show_one(_answer({"line": line}, [line]))


def _lines(pieces: Iterator[str]) -> Iterator[str]:
    """Whole lines: an escape sequence that two pieces share is only understood in one piece."""
    begun = ""
    for piece in pieces:
        *whole, begun = (begun + piece).split("\n")
        yield from whole
        if len(begun) > _LONGEST:
            yield begun
            begun = ""
    if begun:
        yield begun


def _answer(document: Mapping[str, Any], lines: Sequence[str]) -> Answer:
    rows = [{"line": line} for line in lines]
    return Answer(document, rows, lines, lambda _: "".join(f"{_readable(line)}\n" for line in lines))


def _readable(line: str) -> str:
    """What a pane wrote over itself stands below each other."""
    return plain("\n".join(filter(None, line.split("\r"))))
