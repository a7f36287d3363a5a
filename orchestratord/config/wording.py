"""How a message speaks of a value that somebody wrote."""

from typing import Final

__all__ = ["describe", "quote"]

_LONGEST: Final = 60


def quote(text: str) -> str:
    """The text in quotes, cut when it is long."""
    return f'"{text}"' if len(text) <= _LONGEST else f'"{text[: _LONGEST - 1]}…"'


def describe(value: object) -> str:
    """A value as it was written when that is short, else what kind of value it is."""
    if isinstance(value, str):
        return quote(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "a block of keys"
    if isinstance(value, list | tuple):
        return "a list"
    return "nothing" if value is None else str(value)
