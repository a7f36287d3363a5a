"""The forms of output: the same answer as a table for people, and as JSON, JSON lines, YAML or names for programs."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from orchestratorctl.console import Console
from orchestratorctl.printable import escape_json, one_line, plain, width_of

__all__ = ["Answer", "Column", "Form", "as_json", "as_yaml", "render", "table"]


class Form(StrEnum):
    """What ``-o`` takes."""

    TABLE = "table"
    JSON = "json"
    JSONL = "jsonl"
    YAML = "yaml"
    NAME = "name"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its heading, its cell for a row, and perhaps a colour for it."""

    heading: str
    cell: Callable[[Mapping[str, Any]], object]
    colour: Callable[[Mapping[str, Any]], str | None] = lambda _: None
    right: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command answers, in all forms at once."""

    document: Mapping[str, Any]
    """The whole, for json and yaml."""
    rows: Sequence[Mapping[str, Any]]
    """One a line, for jsonl."""
    names: Sequence[str]
    """For name."""
    text: Callable[[Console], str]
    """The table; made of text that is already harmless."""


def render(console: Console, form: Form, answer: Answer) -> str:
    """The answer as it goes to stdout."""
    match form:
        case Form.TABLE:
            return answer.text(console)
        case Form.JSON:
            return as_json(console, answer.document, indent=2) + "\n"
        case Form.JSONL:
            return "".join(as_json(console, row) + "\n" for row in answer.rows)
        case Form.YAML:
            return as_yaml(console, answer.document)
        case Form.NAME:
            return "".join(one_line(name) + "\n" for name in answer.names)


def as_json(console: Console, document: object, *, indent: int | None = None) -> str:
    """JSON that neither the terminal nor the locale can stumble over."""
    return escape_json(json.dumps(document, ensure_ascii=console.ascii_only, indent=indent))


def as_yaml(console: Console, document: object) -> str:
    """YAML, likewise; characters as they are where none of them steers."""
    import yaml

    written: str = yaml.safe_dump(document, allow_unicode=not console.ascii_only, sort_keys=False, width=100)
    if plain(written) != written:
        written = yaml.safe_dump(document, allow_unicode=False, sort_keys=False, width=100)
    return written


def table(console: Console, columns: Sequence[Column], rows: Iterable[Mapping[str, Any]]) -> str:
    """Aligned columns under their headings; on a terminal no line is longer than it is wide."""
    rows = list(rows)
    cells = [[_cell(column, row) for column in columns] for row in rows]
    widths = [
        max(width_of(text) for text in (column.heading, *(line[place] for line in cells)))
        for place, column in enumerate(columns)
    ]
    if console.out_is_terminal:
        # The last column takes what is left, for it is the one that holds sentences.
        widths[-1] = max(8, min(widths[-1], console.width() - sum(widths[:-1]) - 2 * (len(widths) - 1)))
    headings = [_fit(column.heading, column, width) for column, width in zip(columns, widths, strict=True)]
    lines = [console.paint("  ".join(headings), "bold")]
    for row, texts in zip(rows, cells, strict=True):
        fitted = zip(columns, texts, widths, strict=True)
        lines.append(
            "  ".join(console.paint(_fit(text, column, width), column.colour(row)) for column, text, width in fitted)
        )
    return "".join(line.rstrip() + "\n" for line in lines)


def _cell(column: Column, row: Mapping[str, Any]) -> str:
    value = column.cell(row)
    return "-" if value is None or value == "" else one_line(str(value))


def _fit(text: str, column: Column, width: int) -> str:
    while width_of(text) > width:
        text = text[:-2] + "…" if len(text) > 1 else ""
    padding = " " * (width - width_of(text))
    return padding + text if column.right else text + padding
