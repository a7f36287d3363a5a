"""The two streams a command speaks on: data on stdout, everything else on stderr."""

import os
import sys
from collections.abc import Mapping
from typing import Final, TextIO

from orchestratorctl.exits import Exit
from orchestratorctl.faults import Fault
from orchestratorctl.printable import plain

__all__ = ["Console", "reopen_closed_streams", "standard_console"]

_COLOURS: Final = {"red": 31, "green": 32, "yellow": 33, "cyan": 36, "dim": 2, "bold": 1}


def reopen_closed_streams() -> None:
    """Put /dev/null where a standard stream was closed, so that no socket is ever taken for one."""
    for descriptor in range(3):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, os.O_RDWR)


class Console:
    """Where a command's words go. A stream that was closed from the start swallows them."""

    def __init__(
        self,
        out: TextIO | None,
        err: TextIO | None,
        environ: Mapping[str, str],
        *,
        quiet: bool = False,
        verbose: bool = False,
    ) -> None:
        self._out = out
        self._err = err
        self._transient = False
        self.quiet = quiet
        self.verbose = verbose and not quiet
        self.out_is_terminal = out is not None and out.isatty()
        self.err_is_terminal = err is not None and err.isatty()
        self.colour = self.out_is_terminal and not environ.get("NO_COLOR") and environ.get("TERM") != "dumb"
        self.ascii_only = out is not None and (out.encoding or "").lower().replace("-", "") != "utf8"

    def data(self, text: str) -> None:
        """Write to stdout, as it is: whoever makes the text has made it harmless."""
        self._clear_transient()
        if self._out is None:
            return
        try:
            self._out.write(text)
            self._out.flush()
        except BrokenPipeError:
            # Nobody reads any more, as after `| head`: not worth a word. What is still buffered goes nowhere.
            os.dup2(os.open(os.devnull, os.O_WRONLY), self._out.fileno())
            raise SystemExit(Exit.BROKEN_PIPE) from None
        except OSError as fault:
            os.dup2(os.open(os.devnull, os.O_WRONLY), self._out.fileno())
            raise Fault(f"cannot write the output: {fault.strerror}") from fault

    def say(self, text: str) -> None:
        """Tell the person something, unless ``-q``."""
        if not self.quiet:
            self._err_line(text)

    def detail(self, text: str) -> None:
        """Tell what only ``-v`` wants to know."""
        if self.verbose:
            self._err_line(text)

    def complain(self, text: str) -> None:
        """Say what went wrong, always."""
        self._err_line(text)

    def ask(self, question: str) -> str:
        """Ask on stderr and read a line from stdin; empty at its end."""
        self._clear_transient()
        self._err_write(plain(question))
        return sys.stdin.readline() if sys.stdin is not None else ""

    def transient(self, text: str) -> None:
        """Show how far something is, on a terminal only; the next word of any kind takes its place."""
        if self._err is None or not self.err_is_terminal or self.quiet:
            return
        width = self.width()
        self._err_write(f"\r\x1b[K{plain(text)[: width - 1]}")
        self._transient = True

    def paint(self, text: str, colour: str | None) -> str:
        """The text in a colour, where colours are wanted."""
        return f"\x1b[{_COLOURS[colour]}m{text}\x1b[0m" if self.colour and colour else text

    def width(self) -> int:
        """The terminal's columns."""
        import shutil

        return shutil.get_terminal_size().columns

    def height(self) -> int:
        """The terminal's lines."""
        import shutil

        return shutil.get_terminal_size().lines

    def _err_line(self, text: str) -> None:
        self._clear_transient()
        self._err_write(plain(text) + "\n")

    def _clear_transient(self) -> None:
        if self._transient:
            self._transient = False
            self._err_write("\r\x1b[K")

    def _err_write(self, text: str) -> None:
        if self._err is None:
            return
        try:
            self._err.write(text)
            self._err.flush()
        except OSError:
            # Nobody is left to be told; the exit status still says it.
            self._err = None


def standard_console(environ: Mapping[str, str], *, quiet: bool = False, verbose: bool = False) -> Console:
    """The console of this process; a character that the locale does not have is written as an escape."""
    for stream in (sys.stdout, sys.stderr):
        if stream is not None and hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    return Console(sys.stdout, sys.stderr, environ, quiet=quiet, verbose=verbose)
