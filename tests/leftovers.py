"""Finds the processes that a test left behind: by its mark in their environment, or its folder in their arguments."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

from tests.wait import until

MARK = "ORCHESTRATOR_TEST"


def _processes(mark: str, folder: Path) -> Iterator[tuple[int, str]]:
    wanted = f"{MARK}={mark}".encode()
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit() or int(entry.name) == os.getpid():
            continue
        try:
            arguments = (entry / "cmdline").read_bytes()
            if not arguments:  # a zombie or a kernel thread
                continue
            if wanted in (entry / "environ").read_bytes().split(b"\0") or os.fsencode(folder) in arguments:
                yield int(entry.name), arguments.replace(b"\0", b" ").decode(errors="replace").strip()
        except OSError:
            continue


def expect_none(mark: str, folder: Path) -> None:
    """Wait until no process of the test is left; otherwise end them and fail the test with their names."""
    try:
        until(lambda: not list(_processes(mark, folder)), within=10)
    except AssertionError:
        left = list(_processes(mark, folder))
        for pid, _ in left:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        raise AssertionError(f"processes left behind: {left}") from None
