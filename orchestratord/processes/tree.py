"""Everything that belongs to one launch of an agent: its children, and what slipped out of the family.

A child whose parent died hangs under pid 1 (or a subreaper) and is no descendant any more, but the launch id it
inherited in its environment still tells whose it is.
"""

import contextlib
import os
import signal
from collections.abc import Iterable, Iterator, Mapping
from typing import TypeVar

from orchestratord.processes.identity import ProcessId, launch_of, stat_of

__all__ = ["families", "members", "send"]

T = TypeVar("T")


def members(root: ProcessId | None, launch: str | None) -> list[ProcessId]:
    """The live ones among ``root``, its descendants, and every process that carries ``launch``, by pid.

    Walks all of /proc (milliseconds): call it in a thread. The caller itself is never among them.
    """
    return families({None: (root, launch)})[None]


def families(seeds: Mapping[T, tuple[ProcessId | None, str | None]]) -> dict[T, list[ProcessId]]:
    """The :func:`members` of several, each named by its root and its launch, in one walk."""
    parent_of: dict[int, int] = {}
    alive: dict[int, ProcessId] = {}
    for pid in _pids():
        stat = stat_of(pid)
        if stat is None:
            continue
        # A zombie is dead but still somebody's parent in the table until its children are handed on.
        parent_of[pid] = stat.parent
        if stat.state not in "ZXx":
            alive[pid] = ProcessId(pid, stat.started)
    carriers: dict[str, list[int]] = {launch: [] for _, launch in seeds.values() if launch is not None}
    if carriers:
        for pid in alive:
            carriers.get(launch_of(pid) or "", []).append(pid)
    children = _children(parent_of)
    found = {}
    for name, (root, launch) in seeds.items():
        firsts = [root.pid] if root is not None and alive.get(root.pid) == root else []
        family = _with_descendants([*firsts, *carriers.get(launch or "", [])], children)
        found[name] = [alive[pid] for pid in sorted(family) if pid in alive and pid != os.getpid()]
    return found


def send(processes: Iterable[ProcessId], number: signal.Signals) -> None:
    """Signal exactly these processes; those that are gone, or whose pid is somebody else's by now, are passed over.

    Raises PermissionError for a process that is not ours to signal, after all others got theirs.
    """
    refused: PermissionError | None = None
    for process in processes:
        try:
            _send(process, number)
        except PermissionError as error:
            refused = error
    if refused is not None:
        raise refused


def _send(process: ProcessId, number: signal.Signals) -> None:
    try:
        descriptor = os.pidfd_open(process.pid)
    except ProcessLookupError:
        return
    except OSError:
        # No descriptor to be had: look and signal in one breath, which is the best that is left.
        if process.alive():
            with contextlib.suppress(ProcessLookupError):
                os.kill(process.pid, number)
        return
    try:
        if process.alive():
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(descriptor, number)
    finally:
        os.close(descriptor)


def _pids() -> Iterator[int]:
    with os.scandir("/proc") as entries:
        for entry in entries:
            if entry.name.isdigit():
                yield int(entry.name)


def _children(parent_of: Mapping[int, int]) -> Mapping[int, list[int]]:
    children: dict[int, list[int]] = {}
    for pid, parent in parent_of.items():
        children.setdefault(parent, []).append(pid)
    return children


def _with_descendants(seeds: list[int], children: Mapping[int, list[int]]) -> set[int]:
    family: set[int] = set()
    while seeds:
        pid = seeds.pop()
        if pid not in family:
            family.add(pid)
            seeds.extend(children.get(pid, ()))
    return family
