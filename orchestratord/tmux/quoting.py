"""Words on their way into a control-mode line, which tmux parses like its configuration file."""

from collections.abc import Iterable
from typing import Final

__all__ = ["line", "quote"]

_ESCAPED: Final = str.maketrans({character: f"\\{character}" for character in '\\"$~'})


def quote(word: str) -> str:
    """One word in double quotes: nothing in it is expanded, and line breaks travel as octal escapes.

    Raises ValueError for a NUL byte, which no argument can hold.
    """
    if "\0" in word:
        raise ValueError("an argument for tmux cannot hold a NUL byte")
    escaped = word.translate(_ESCAPED)
    if escaped.isprintable():
        return f'"{escaped}"'
    return '"' + "".join(c if c >= " " and c != "\x7f" else f"\\{ord(c):03o}" for c in escaped) + '"'


def line(words: Iterable[str]) -> bytes:
    """A whole command, ended by a line break."""
    return (" ".join(quote(word) for word in words) + "\n").encode("utf-8", "surrogateescape")
