"""`orchestratorctl events`: what happened, from the journal, and with -f what happens."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, Final

import typer

from orchestratorctl.completion import agent_names
from orchestratorctl.console import Console
from orchestratorctl.everywhere import command
from orchestratorctl.faults import Refused
from orchestratorctl.invocation import Invocation
from orchestratorctl.moments import clock
from orchestratorctl.output import Answer, Form
from orchestratorctl.printable import one_line

__all__ = ["app"]

app = typer.Typer()

_PAGE: Final = 1000
_NOTHING: Final[Sequence[object]] = (None, "", [], {})
_LONGEST: Final = 200
"""Characters of one value in a table; the other forms have it whole."""


@app.command()
@command
def events(
    invocation: Invocation,
    *,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on with what happens, until Ctrl+C.")] = False,
    number: Annotated[int, typer.Option("--number", "-n", min=0, max=10_000, help="So many of the latest.")] = 20,
    every: Annotated[bool, typer.Option("--all", help="Everything the journal still has.")] = False,
    after: Annotated[
        int | None, typer.Option("--after", metavar="SEQ", min=0, help="Everything after this event's number.")
    ] = None,
    kind: Annotated[
        list[str] | None,
        typer.Option("--kind", metavar="KIND", help="Only this kind; agent.* is a family. Repeatable."),
    ] = None,
    agent: Annotated[
        str | None, typer.Option("--agent", autocompletion=agent_names, help="Only what is about this agent.")
    ] = None,
) -> None:
    """Show what happened, oldest first."""
    wanted = {"kinds": kind or None, "agent": agent}
    start = 0 if every and after is None else after
    found = _latest(invocation, number, wanted) if start is None else _onwards(invocation, start, wanted)
    if follow:
        found = _following(invocation, number, start, wanted)
    if follow or invocation.form in {Form.TABLE, Form.JSONL, Form.NAME}:
        for event in found:
            invocation.show_one(_answer(event, [event]))
    else:
        collected = list(found)
        invocation.show(_answer({"events": collected}, collected))


Event = Mapping[str, Any]


def _latest(invocation: Invocation, number: int, wanted: Mapping[str, object]) -> Iterator[Event]:
    if number:
        yield from invocation.ask("events", limit=number, newest=True, **wanted)["events"]


def _onwards(invocation: Invocation, after: int, wanted: Mapping[str, object]) -> Iterator[Event]:
    with invocation.connect() as connection:
        while page := connection.call("events", _page(after, wanted))["events"]:
            yield from page
            after = page[-1]["seq"]


def _page(after: int, wanted: Mapping[str, object]) -> dict[str, object]:
    given = {name: value for name, value in wanted.items() if value is not None}
    return {"after": after, "limit": _PAGE, "newest": False, **given}


def _following(invocation: Invocation, number: int, start: int | None, wanted: Mapping[str, object]) -> Iterator[Event]:
    """The stream goes on after the last event shown: nothing between the two questions is lost or doubled."""
    if start is None and number:
        start = 0
        for event in _latest(invocation, number, wanted):
            yield event
            start = event["seq"]
    while True:
        stream = invocation.follow("events.subscribe", after=start, **wanted)
        answered = next(stream)
        if start is None:
            start = answered["last_seq"]
        try:
            for event in stream:
                yield event
                start = event["seq"]
        except Refused as refusal:
            # Whoever reads from us was slower than what happened; the journal still has what we have not seen.
            if refusal.code != "too_slow":
                raise
        else:
            return


def _answer(document: Mapping[str, Any], found: Sequence[Event]) -> Answer:
    names = [str(event["seq"]) for event in found]
    return Answer(document, found, names, lambda console: "".join(_line(console, event) for event in found))


def _line(console: Console, event: Event) -> str:
    data = " ".join(f"{name}={_short(value)}" for name, value in event["data"].items() if value not in _NOTHING)
    words = [
        console.paint(clock(event["at"]), "dim"),
        f"{event['seq']:>6}",
        f"{one_line(event['kind']):<22}",
        f"{one_line(event.get('agent') or '-'):<16}",
        one_line(data),
    ]
    return "  ".join(words).rstrip() + "\n"


def _short(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"
