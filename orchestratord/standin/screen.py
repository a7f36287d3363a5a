"""What the pane shows: the conversation, and below it the part that changes (work, queue, prompt box or dialog)."""

from collections import deque

from orchestratord.standin.terminal import Terminal

__all__ = ["Screen"]

_KEPT = 200
"""Lines of the conversation that are drawn again after a change of size."""


class Screen:
    """Draws below what was said; ``said`` is never touched again, ``live`` is replaced with every ``paint``."""

    def __init__(self, terminal: Terminal, name: str) -> None:
        self._terminal = terminal
        self._name = name
        self._said: deque[str] = deque(maxlen=_KEPT)
        self._above_cursor = 0

    def say(self, text: str) -> None:
        """Add lines to the conversation."""
        lines = text.split("\n")
        self._said.extend(lines)
        self._terminal.write(self._erasure() + "".join(f"{line}\r\n" for line in lines))

    def box(self, above: list[str], text: str, hint: str) -> None:
        """Paint a prompt box with ``text`` in it, lines above and a hint below."""
        columns, rows = self._terminal.size()
        lines = _wrapped(text, columns - 3)[-(rows - 6) :]
        inside = [("❯\xa0" if number == 0 else "  ") + line for number, line in enumerate(lines)]
        live = [*above[-(rows - 5 - len(lines)) :], self._rule(columns), *inside, "─" * columns, hint]
        self._paint(live, columns, row=len(live) - 3, column=2 + _width(lines[-1]))

    def dialog(self, lines: list[str]) -> None:
        """Paint a dialog below a rule, where the prompt box would be."""
        columns, rows = self._terminal.size()
        live = ["─" * columns, *lines][-(rows - 1) :]
        self._paint(live, columns, row=len(live) - 1, column=0)

    def again(self) -> None:
        """Draw the conversation anew; the next painting completes it."""
        _, rows = self._terminal.size()
        self._above_cursor = 0
        kept = list(self._said)[-rows:]
        self._terminal.write("\x1b[2J\x1b[H" + "".join(f"{line}\r\n" for line in kept))

    def leave(self) -> None:
        """Put the cursor below everything, for last words."""
        self._terminal.write("\x1b[9999B\r\n")

    def _rule(self, columns: int) -> str:
        name = f" {self._name} ──" if self._name else ""
        return "─" * (columns - _width(name)) + name

    def _paint(self, live: list[str], columns: int, row: int, column: int) -> None:
        cut = [_cut(line, columns) for line in live]
        below = len(cut) - 1 - row
        up = f"\x1b[{below}A" if below else ""
        right = f"\x1b[{column}C" if column else ""
        self._terminal.write(f"{self._erasure()}" + "\r\n".join(cut) + f"\r{up}{right}")
        self._above_cursor = row

    def _erasure(self) -> str:
        """Back to where the living part begins, and away with it."""
        up = f"\x1b[{self._above_cursor}A" if self._above_cursor else ""
        self._above_cursor = 0
        return f"{up}\r\x1b[J"


def _width(text: str) -> int:
    """Columns that the text takes in a terminal."""
    if text.isascii():
        return len(text)
    from unicodedata import combining, east_asian_width

    return sum(0 if combining(c) else 2 if east_asian_width(c) in "WF" else 1 for c in text)


def _cut(line: str, columns: int) -> str:
    while _width(line) > columns:
        line = line[: -max(1, (_width(line) - columns) // 2)]
    return line


def _wrapped(text: str, columns: int) -> list[str]:
    """Lines of at most so many columns; one empty line for no text."""
    lines: list[str] = []
    for line in text.split("\n"):
        rest = line
        while _width(rest) > columns:
            piece = _cut(rest, columns)
            lines.append(piece)
            rest = rest[len(piece) :]
        lines.append(rest)
    return lines
