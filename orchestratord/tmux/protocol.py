"""What tmux writes to a control client, read from bytes that may be cut anywhere.

An answer stands between ``%begin TIME NUMBER FLAGS`` and ``%end`` (or ``%error``) with the same three words; every
other line is a notification. The panes' output (``%output``) is not asked for and is dropped should it come.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

__all__ = ["Answer", "Notification", "Parser"]

_OUTPUT: Final = (b"%output ", b"%extended-output ")
_ASKED: Final = b"1"


@dataclass(frozen=True, slots=True)
class Answer:
    """What one command printed. ``asked``: by this client; the attaching itself and hooks of the user's are not."""

    lines: list[str]
    failed: bool
    asked: bool


@dataclass(frozen=True, slots=True)
class Notification:
    """Something happened: ``name`` without its percent sign, such as ``window-close``; ``text`` is the rest."""

    name: str
    text: str


class Parser:
    """Turns bytes into answers and notifications, in order.

    A command whose answer shows a pane's content can be given a *fence*: a line nobody can guess, which the caller
    lets the next command print. Without it a program in the pane could print ``%end …``, end the answer early and forge
    what comes after. With it the answer reaches to the last ``%end`` before the fence.
    """

    def __init__(self) -> None:
        self._rest = b""
        self._fences: deque[bytes | None] = deque()
        self._ident: bytes | None = None
        self._fence: bytes | None = None
        self._lines: list[bytes] = []

    def expect(self, fence: str | None = None) -> None:
        """Say, for each command in the order they are sent, whether its answer is fenced."""
        self._fences.append(fence.encode() if fence else None)

    def feed(self, data: bytes) -> Iterator[Answer | Notification]:
        """Everything that ``data`` completes."""
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            if self._ident is None:
                yield from self._outside(line)
            elif self._fence is not None:
                yield from self._inside_fence(line)
            else:
                yield from self._inside(line)

    def _outside(self, line: bytes) -> Iterator[Notification]:
        kind, _, rest = line.partition(b" ")
        if kind == b"%begin":
            self._begin(rest)
        elif line.startswith(b"%") and not line.startswith(_OUTPUT):
            yield Notification(_text(kind[1:]), _text(rest))

    def _begin(self, ident: bytes) -> None:
        self._ident = ident
        self._lines = []
        self._fence = self._fences.popleft() if _asked(ident) and self._fences else None

    def _inside(self, line: bytes) -> Iterator[Answer]:
        kind, _, rest = line.partition(b" ")
        if kind in {b"%end", b"%error"} and rest == self._ident:
            yield self._answer(self._lines, failed=kind == b"%error")
            self._ident = None
        else:
            self._lines.append(line)

    def _inside_fence(self, line: bytes) -> Iterator[Answer | Notification]:
        if line != self._fence:
            self._lines.append(line)
            return
        ends = (b"%end " + (self._ident or b""), b"%error " + (self._ident or b""))
        last = max(at for at, one in enumerate(self._lines) if one in ends)
        content, end, between = self._lines[:last], self._lines[last], self._lines[last + 1 :]
        yield self._answer(content, failed=end == ends[1])
        self._ident = self._fence = None
        for one in (*between, line):
            yield from self._inside(one) if self._ident is not None else self._outside(one)

    def _answer(self, lines: list[bytes], *, failed: bool) -> Answer:
        return Answer([_text(line) for line in lines], failed, asked=_asked(self._ident or b""))


def _asked(ident: bytes) -> bool:
    return ident.rpartition(b" ")[2] == _ASKED


def _text(raw: bytes) -> str:
    return raw.decode(errors="replace")
