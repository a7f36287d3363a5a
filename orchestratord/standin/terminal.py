"""The terminal: raw keys, its size, and what is written to it."""

import os
import termios

__all__ = ["Terminal"]

_BRACKETED_PASTE = b"\x1b[?2004h"
_PLAIN_PASTE = b"\x1b[?2004l"


class Terminal:
    """Standard input and output as a terminal in raw mode, until ``restore``.

    Raises:
        termios.error: standard input is no terminal.
    """

    def __init__(self) -> None:
        self._before = termios.tcgetattr(0)
        mode = termios.tcgetattr(0)
        mode[0] &= ~(termios.BRKINT | termios.ICRNL | termios.INPCK | termios.ISTRIP | termios.IXON)
        mode[1] &= ~termios.OPOST
        mode[3] &= ~(termios.ECHO | termios.ICANON | termios.IEXTEN | termios.ISIG)
        mode[6][termios.VMIN] = 1
        mode[6][termios.VTIME] = 0
        termios.tcsetattr(0, termios.TCSANOW, mode)
        self._title = ""
        self.write_bytes(_BRACKETED_PASTE)

    def size(self) -> tuple[int, int]:
        """Columns and rows; never less than a usable minimum."""
        try:
            columns, rows = os.get_terminal_size(1)
        except OSError:
            columns, rows = 80, 24
        return max(columns, 20), max(rows, 8)

    def title(self, text: str) -> None:
        """Set the pane's title, when it is another one."""
        if text != self._title:
            self._title = text
            self.write_bytes(f"\x1b]0;{text}\x07".encode())

    def write(self, text: str) -> None:
        """Write text whose lines end in carriage return and line feed."""
        self.write_bytes(text.encode("utf-8", "replace"))

    def write_bytes(self, data: bytes) -> None:
        """Write all of it, however long the terminal takes."""
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(1, rest) :]

    def restore(self) -> None:
        """Leave it as it was."""
        self.title("")
        self.write_bytes(_PLAIN_PASTE)
        termios.tcsetattr(0, termios.TCSANOW, self._before)
