"""How most scripts type into a pane: tmux as a process for the text, a fixed sleep, tmux as a process for Enter."""

import subprocess
import time
from pathlib import Path

SLEEP = 0.5
"""Seconds; what scripts of that kind have settled on, so that Enter is not lost too often."""


def type_into(socket: Path, pane: str, text: str) -> float:
    """Type and submit; the seconds until Enter was pressed. Whether it arrived nobody knows."""
    begun = time.monotonic()
    for words in (("-l", "--", text), ("Enter",)):
        subprocess.run(["tmux", "-S", str(socket), "send-keys", "-t", pane, *words], check=True)
        if words[0] == "-l":
            time.sleep(SLEEP)
    return time.monotonic() - begun
