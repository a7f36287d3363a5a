"""A client's bytes, cut into lines: none too long, none too slow, few large ones at a time."""

import asyncio
from dataclasses import dataclass
from typing import Final

from orchestratord.errors import Busy, TimedOut
from orchestratord.rpc.limits import Allowance, Limits
from orchestratord.rpc.protocol import Malformed

__all__ = ["CHUNK", "Line", "Lines"]

CHUNK: Final = 64 << 10
"""What is read at a time."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line without its newline; ``large`` ones are given back with :meth:`Lines.done` once they are answered."""

    content: bytes
    large: bool


class Lines:
    """Reads the lines of one client, one after the other."""

    def __init__(self, reader: asyncio.StreamReader, limits: Limits, large_lines: Allowance) -> None:
        self._reader = reader
        self._limits = limits
        self._large_lines = large_lines
        self._half = bytearray()
        self._large = False

    async def next(self) -> Line | None:
        """The next line, or None when the client has said its last; half a line at the end counts for nothing.

        Raises Malformed (too long), TimedOut (begun and not ended), Busy (too many large ones): after each of them
        the place of the next line is unknown, so the client has to be let go.
        """
        try:
            async with asyncio.timeout(None) as patience:
                end = await self._find_end(patience)
        except TimeoutError:
            waited = f"{self._limits.half_request:g} s"
            raise TimedOut(
                f"the request begun {waited} ago has not ended", hint="A request ends with a newline."
            ) from None
        if end is None:
            return None
        line = Line(bytes(self._half[:end]), self._large)
        del self._half[: end + 1]
        self._large = False
        return line

    def done(self, line: Line) -> None:
        """The line has been answered."""
        if line.large:
            self._large_lines.give_back()

    def close(self) -> None:
        """Forget what has been read and will not be answered."""
        self._half.clear()
        if self._large:
            self._large_lines.give_back()
            self._large = False

    async def _find_end(self, patience: asyncio.Timeout) -> int | None:
        looked = 0
        while (end := self._half.find(b"\n", looked)) < 0:
            looked = len(self._half)
            self._judge(looked)
            if looked and patience.when() is None:
                patience.reschedule(asyncio.get_running_loop().time() + self._limits.half_request)
            chunk = await self._reader.read(CHUNK)
            if not chunk:
                return None
            self._half += chunk
        self._judge(end)
        return end

    def _judge(self, length: int) -> None:
        if length > self._limits.line:
            raise Malformed.request(f"a line holds at most {self._limits.line} bytes")
        if length > self._limits.small and not self._large:
            if not self._large_lines.take():
                raise Busy("too many large requests at a time", hint="Try again in a moment.")
            self._large = True
