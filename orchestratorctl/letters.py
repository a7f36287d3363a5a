"""How messages are shown: in a table, one below the other as they happen, and whole for whoever reads them."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from orchestratorctl.console import Console
from orchestratorctl.moments import clock
from orchestratorctl.output import Answer, Column, table
from orchestratorctl.printable import one_line, plain, width_of

__all__ = ["ENDS", "Message", "steps_answer", "table_answer", "whole_answer"]

Message = Mapping[str, Any]

ENDS: Final = frozenset({"answered", "expired", "failed", "dead", "cancelled"})

_COLOURS: Final = {"answered": "green", "expired": "yellow", "cancelled": "dim", "failed": "red", "dead": "red"}
_LONGEST: Final = 200
"""Columns of a text in a line; the other forms have it whole."""


def _colour(message: Message) -> str | None:
    return _COLOURS.get(str(message.get("state")))


def _gist(message: Message) -> str:
    """What matters most at this moment, in one line: why, the answer, or what it says."""
    words = message.get("reason") or message.get("answer") or message.get("subject") or message.get("text") or ""
    line = one_line(str(words))
    return line if len(line) <= _LONGEST else line[:_LONGEST] + "…"


_COLUMNS: Final = [
    Column("ID", lambda message: message.get("id")),
    Column("FROM", lambda message: message.get("from")),
    Column("TO", lambda message: message.get("to")),
    Column("STATE", lambda message: message.get("state"), colour=_colour),
    Column("SINCE", lambda message: clock(message.get("since", 0))),
    Column("WHAT", _gist),
]


def table_answer(document: Mapping[str, Any], messages: Sequence[Message]) -> Answer:
    """One line a message."""
    return Answer(
        document, messages, _ids(messages), lambda console: table(console, _COLUMNS, messages) * bool(messages)
    )


def steps_answer(message: Message) -> Answer:
    """One line for the step that a message has just made."""
    return Answer(message, [message], _ids([message]), lambda console: _step(console, message))


def whole_answer(document: Mapping[str, Any], messages: Sequence[Message]) -> Answer:
    """Every message with its text, and its answer if it has one."""
    return Answer(
        document, messages, _ids(messages), lambda console: "\n".join(_whole(console, each) for each in messages)
    )


def _ids(messages: Sequence[Message]) -> list[str]:
    return [str(message.get("id")) for message in messages]


def _step(console: Console, message: Message) -> str:
    way = f"{one_line(str(message.get('from')))} → {one_line(str(message.get('to')))}"
    state = f"{one_line(str(message.get('state'))):<9}"
    words = [
        console.paint(clock(message.get("since", 0)), "dim"),
        f"{one_line(str(message.get('id'))):<6}",
        way + " " * max(0, 32 - width_of(way)),
        console.paint(state, _colour(message)),
        _gist(message),
    ]
    return "  ".join(words).rstrip() + "\n"


def _whole(console: Console, message: Message) -> str:
    way = f"{message.get('from')} → {message.get('to')}"
    head = "  ".join(one_line(str(words)) for words in (message.get("id"), way, message.get("state")))
    lines = [f"{console.paint(head, 'bold')}  {clock(message.get('created_at', 0))}"]
    if message.get("subject"):
        lines.append(f"subject: {one_line(str(message['subject']))}")
    lines.append(_indented(str(message.get("text") or "")))
    if message.get("reason"):
        lines.append(f"reason: {one_line(str(message['reason']))}")
    if message.get("answer") is not None:
        lines += ["answer:", _indented(str(message["answer"]))]
    return "\n".join(lines) + "\n"


def _indented(text: str) -> str:
    return "\n".join(f"    {line}".rstrip() for line in plain(text).split("\n"))
