"""What the kernel keeps of a process until its parent asks."""

from typing import Final

from orchestratord.processes.identity import ProcessId, read_proc

__all__ = ["killed_by"]

_STARTED: Final = 19
_EXIT_CODE: Final = 49
"""Places in /proc/PID/stat behind the program's name, see proc(5)."""


def killed_by(process: ProcessId) -> int | None:
    """The signal that has ended the process; None when none did, or when its parent has asked already.

    One file in /proc, for the event loop. The exit status of one that ended by itself is not told: the kernel shows 0
    to whoever may not look at the process, and that would pass for a good end.
    """
    text = read_proc(process.pid, "stat")
    if not text:
        return None
    fields = text[text.rindex(b")") + 2 :].split()
    if fields[0] != b"Z" or int(fields[_STARTED]) != process.started:
        return None
    return int(fields[_EXIT_CODE]) & 0x7F or None
