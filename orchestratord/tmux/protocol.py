"""What tmux says in control mode: replies from %begin to %end, and notifications (see CONTROL MODE in tmux(1))."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

__all__ = ["Notification", "Parser", "Reply"]

_OURS: Final = b"1"
"""The flag of a reply to a command that came over this connection; others answer hooks and the attaching itself."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What a command printed, and whether it succeeded."""

    succeeded: bool
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Notification:
    """Something happened: ``%name`` without its sign, and the words after it."""

    name: str
    words: tuple[str, ...]


class Parser:
    """Takes bytes as they come, cut anywhere; gives whole replies and notifications."""

    def __init__(self) -> None:
        self._rest = b""
        self._opened: tuple[bytes, ...] | None = None
        self._lines: list[str] = []

    def feed(self, data: bytes) -> Iterator[Reply | Notification]:
        """What is complete by now."""
        *complete, self._rest = (self._rest + data).split(b"\n")
        for raw in complete:
            yield from self._line(raw.removesuffix(b"\r"))

    def _line(self, raw: bytes) -> Iterator[Reply | Notification]:
        words = raw.split(b" ")
        if self._opened is not None:
            if words[0] in {b"%end", b"%error"} and tuple(words[1:]) == self._opened:
                # A line of output may itself begin with %end; time, number and flags tell the real one.
                if self._opened[-1] == _OURS:
                    yield Reply(words[0] == b"%end", tuple(self._lines))
                self._opened, self._lines = None, []
            else:
                self._lines.append(raw.decode(errors="surrogateescape"))
        elif words[0] == b"%begin":
            self._opened = tuple(words[1:])
        elif raw.startswith(b"%"):
            name, *rest = raw.decode(errors="replace").split(" ")
            yield Notification(name[1:], tuple(rest))
