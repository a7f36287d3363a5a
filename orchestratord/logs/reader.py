"""Reading a log back, across the files it was rotated into, and following it while it grows."""

import asyncio
import codecs
import re
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from typing import Final

from orchestratord.logs.trail import Trail

__all__ = ["follow", "tail"]

_AT_MOST: Final = 8 * 1024 * 1024
"""Bytes looked at for one tail: a client's patience has an end."""

_STAMPED: Final = re.compile(r'(?:\{"timestamp": ?")?(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?)Z')


def tail(path: Path, lines: int, since: float | None = None) -> list[str]:
    """The last lines of a log, oldest first, without their ends; those before the last rotation too.

    With ``since`` (unix seconds) only what is younger. The daemon's lines tell their own time, and a line without one
    has the time of the line above it; what a pane showed has no times, so there a whole file counts as old as its last
    byte. Waits for the disk: call it in a thread. Raises OSError; no log at all is no line.
    """
    trail = Trail(path)
    try:
        trail.to_end()
        return _last(trail, lines, since)
    finally:
        trail.close()


async def follow(
    path: Path, *, lines: int = 0, since: float | None = None, interval: float = 0.25
) -> AsyncIterator[str]:
    """First the last ``lines``, then what is added, in pieces of any size, for ever; nothing is missed or doubled.

    It goes on across rotations, however many happen between two looks, and waits for a log that is not there yet.
    ``interval`` is the time between two looks in seconds. Close it (``aclose``) to let go of the file.
    """
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    trail = Trail(path)
    try:
        await asyncio.to_thread(trail.to_end)
        if seen := await asyncio.to_thread(_last, trail, lines, since):
            yield "\n".join(seen) + "\n"
        while True:
            piece = decoder.decode(await asyncio.to_thread(trail.read))
            if piece:
                yield piece
            else:
                await asyncio.sleep(interval)
    finally:
        # Whoever is cancelled leaves a thread behind that may still be reading.
        await asyncio.to_thread(trail.close)


def _last(trail: Trail, lines: int, since: float | None) -> list[str]:
    blocks: list[bytes] = []
    ends = total = 0
    for block in trail.backwards(since) if lines > 0 else ():
        blocks.append(block)
        ends += block.count(b"\n")
        total += len(block)
        # One end more than asked for: the oldest line found may be half a line.
        if ends > lines or total >= _AT_MOST:
            break
    text = b"".join(reversed(blocks)).decode("utf-8", "replace")
    # Only line feeds end a line here; str.splitlines would also cut at what a hostile pane prints.
    found = text.removesuffix("\n").split("\n")[-lines:] if text else []
    return found if since is None else _younger(found, since)


def _younger(lines: list[str], since: float) -> list[str]:
    for index, line in enumerate(lines):
        stamp = _STAMPED.match(line)
        if stamp and datetime.fromisoformat(stamp[1] + "+00:00").timestamp() >= since:
            return lines[index:]
    return [] if any(map(_STAMPED.match, lines)) else lines
