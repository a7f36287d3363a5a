"""How an event looks as a line: JSON for programs, text for people. Either way it is one line, and harmless."""

import json
from collections.abc import Callable, Mapping, MutableMapping
from typing import Any, Final

__all__ = ["Format", "as_json", "as_text", "name_level"]

Format = Callable[[Mapping[str, Any]], str]

_FIRST: Final = ("timestamp", "level", "event")
_PLAIN_MARKS: Final = frozenset("_-./:@+,*%~#")


def name_level(logger: object, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:  # noqa: ARG001  structlog's shape of a processor
    """A structlog processor: the level as an upper-case word, so that ``grep ERROR`` finds it."""
    event["level"] = str(event.get("level", method)).upper()
    return event


def as_json(event: Mapping[str, Any]) -> str:
    """One JSON object, time, level and event first; what JSON cannot hold is shown by its ``repr``."""
    return json.dumps(_in_order(event), ensure_ascii=False, default=repr)


def as_text(event: Mapping[str, Any]) -> str:
    """``TIME LEVEL event key=value …``; control characters, which a terminal would obey, are written out."""
    ordered = _in_order(event)
    words = [_visible(str(ordered.pop(name))) for name in _FIRST if name in ordered]
    trace = ordered.pop("exception", None)
    words += [f"{_visible(key)}={_value(value)}" for key, value in ordered.items()]
    if trace is not None:
        words.append(f"exception={_visible(str(trace))}")
    return " ".join(words)


def _in_order(event: Mapping[str, Any]) -> dict[str, Any]:
    return {name: event[name] for name in _FIRST if name in event} | {
        key: value for key, value in event.items() if key not in _FIRST
    }


def _value(value: object) -> str:
    if isinstance(value, str):
        plain = value and all(letter.isalnum() or letter in _PLAIN_MARKS for letter in value)
        return value if plain else _visible(json.dumps(value, ensure_ascii=False))
    if value is None or isinstance(value, bool | int | float):
        return json.dumps(value)
    return _visible(json.dumps(value, ensure_ascii=False, default=repr))


def _visible(text: str) -> str:
    if text.isprintable():
        return text
    return "".join(letter if letter.isprintable() else letter.encode("unicode_escape").decode() for letter in text)
