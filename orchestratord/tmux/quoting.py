"""Words as tmux's command language and its formats read them. Whatever is quoted here arrives unchanged."""

import re
from typing import Final

from orchestratord.errors import BadRequest

__all__ = ["format_text", "line", "timed_format_text", "word"]

_PLAIN: Final = re.compile(r"[A-Za-z0-9_./:@,+-][A-Za-z0-9_./:@,+=-]*")
_ESCAPES: Final = {
    **{code: f"\\{code:03o}" for code in (*range(1, 32), 127)},
    **{ord(character): f"\\{character}" for character in '\\"$~'},
}
_HASHES: Final = re.compile(r"#+(?![#\[])")


def word(text: str) -> str:
    r"""One word of tmux's command language.

    Within double quotes tmux still expands ``$NAME`` and a ``~`` at the start, and a command ends with its line: those
    and all control characters are escaped.

    Raises:
        BadRequest: there is a NUL in ``text``; no argument of a program can hold one.
    """
    if "\0" in text:
        raise BadRequest("a text for tmux cannot hold a NUL character")
    return text if _PLAIN.fullmatch(text) else f'"{text.translate(_ESCAPES)}"'


def line(argv: tuple[str, ...]) -> bytes:
    """A whole command as tmux reads it from a control client. Bytes that are no UTF-8 pass as they were."""
    return " ".join(word(text) for text in argv).encode(errors="surrogateescape") + b"\n"


def format_text(text: str) -> str:
    """``text`` for where tmux expands formats (``#{…}``). It leaves ``#[`` alone by itself, so that is not escaped."""
    return _HASHES.sub(lambda run: run[0] * 2, text)


def timed_format_text(text: str) -> str:
    """``text`` for where tmux expands both formats and the time (``%H``): the command of ``pipe-pane``."""
    return format_text(text.replace("%", "%%"))
