"""The program that writes what a pane shows into its log."""

import sys
from pathlib import Path

from orchestratord.logs import rotation

__all__ = ["command"]


def command(path: Path, max_bytes: int, keep: int = 0) -> tuple[str, ...]:
    """The arguments of a program that copies its standard input into ``path`` until it ends.

    At ``max_bytes`` the file is rotated, see :class:`~orchestratord.logs.rotation.RotatingFile`; at most ``keep``
    rotated files stay, 0 keeps all. Quoting for a shell, and for tmux, is left to the room that speaks tmux.
    """
    program = str(Path(rotation.__file__).absolute())
    return (sys.executable, "-I", "-S", program, str(path.absolute()), str(max_bytes), str(keep))
