"""When a process is first seen, by the same look for every supervisor."""

import os
import time
from pathlib import Path


def pids_of(argv: list[str]) -> set[int]:
    """The processes that run exactly this command."""
    wanted = b"\0".join(os.fsencode(word) for word in argv) + b"\0"
    found = set()
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                if Path("/proc", name, "cmdline").read_bytes() == wanted:
                    found.add(int(name))
            except OSError:
                continue
    return found


def next_sight(argv: list[str], known: set[int], within: float = 30.0) -> float:
    """The monotonic time at which a process with this command first existed that is not among the known ones."""
    wanted = b"\0".join(os.fsencode(word) for word in argv) + b"\0"
    seen_otherwise: dict[str, int] = {}
    end = time.monotonic() + within
    while time.monotonic() < end:
        for name in os.listdir("/proc"):
            # A new process shows its parent's command until exec: it is passed over only after many looks.
            if not name.isdigit() or int(name) in known or seen_otherwise.get(name, 0) > 300:
                continue
            try:
                if Path("/proc", name, "cmdline").read_bytes() == wanted:
                    return time.monotonic()
            except OSError:
                continue
            seen_otherwise[name] = seen_otherwise.get(name, 0) + 1
    raise AssertionError(f"{argv} was not seen again within {within} s")
