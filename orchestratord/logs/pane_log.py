"""The program that writes what a pane shows into its log."""

import shlex
import sys
from pathlib import Path

from orchestratord.logs import rotation

__all__ = ["command"]


def command(path: Path, max_bytes: int, keep: int = 0) -> str:
    """A command line for ``/bin/sh -c`` that copies its standard input into ``path`` until it ends.

    At ``max_bytes`` the file is rotated, see :class:`~orchestratord.logs.rotation.RotatingFile`; at most ``keep``
    rotated files stay, 0 keeps all. The line is quoted for a shell; what tmux itself expands in a command
    (``#`` and ``%``) is left to the room that speaks tmux.
    """
    program = [
        sys.executable,
        "-I",
        "-S",
        str(Path(rotation.__file__)),
        str(path.absolute()),
        str(max_bytes),
        str(keep),
    ]
    return f"exec {shlex.join(program)}"
