"""A reader's place in a log that is rotated under it."""

import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from orchestratord.logs.rotation import numbers

__all__ = ["BLOCK", "Trail"]

BLOCK: Final = 65536
"""Bytes read at a time."""


class Trail:
    """Reads a log's bytes in order, file after file, none twice. Its calls wait for the disk."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._one_at_a_time = threading.Lock()
        self._closed = False
        self._descriptor = -1
        self._before = 0
        """Every rotated file up to this number is older than the present one."""

    def to_end(self) -> None:
        """Begin after what stands in the log now; at the beginning of one that comes later."""
        with self._one_at_a_time:
            if self._closed:
                return
            if self._open_live():
                os.lseek(self._descriptor, 0, os.SEEK_END)
            else:
                self._before = self._newest()

    def backwards(self, since: float | None = None) -> Iterator[bytes]:
        """Blocks from here towards the log's beginning; files that were last written before ``since`` end it."""
        if self._descriptor >= 0:
            if since is not None and os.fstat(self._descriptor).st_mtime < since:
                return
            yield from _blocks_from_end(self._descriptor, os.lseek(self._descriptor, 0, os.SEEK_CUR))
        for number in reversed(self._numbers()):
            if number > self._before:
                continue
            try:
                descriptor = os.open(self._name(number), os.O_RDONLY | os.O_CLOEXEC)
            except FileNotFoundError:
                continue
            try:
                facts = os.fstat(descriptor)
                if since is not None and facts.st_mtime < since:
                    return
                yield from _blocks_from_end(descriptor, facts.st_size)
            finally:
                os.close(descriptor)

    def read(self) -> bytes:
        """The next bytes; none when the end is reached for now, or after :meth:`close`."""
        with self._one_at_a_time:
            return b"" if self._closed else self._advance()

    def _advance(self) -> bytes:
        if self._descriptor < 0 and not self._open_next():
            return b""
        if piece := self._read():
            return piece
        if self._is_live():
            return b""
        # It was renamed, and its writer wrote before it did that: what can be read now is the rest of it.
        if piece := self._read():
            return piece
        return self._read() if self._open_next() else b""

    def close(self) -> None:
        """Let go of the file, after a read that is under way in another thread."""
        with self._one_at_a_time:
            self._closed = True
            self._let_go()

    def _let_go(self) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def _read(self) -> bytes:
        if os.fstat(self._descriptor).st_size < os.lseek(self._descriptor, 0, os.SEEK_CUR):
            # Somebody emptied the file.
            os.lseek(self._descriptor, 0, os.SEEK_SET)
        return os.read(self._descriptor, BLOCK)

    def _is_live(self) -> bool:
        try:
            return os.path.samestat(self._path.stat(), os.fstat(self._descriptor))
        except FileNotFoundError:
            # Between a renaming and the next line there is no live file. Is there another to go on with?
            return not self._later()

    def _open_next(self) -> bool:
        mine = os.fstat(self._descriptor) if self._descriptor >= 0 else None
        while True:
            for number in self._later():
                self._before = number
                try:
                    descriptor = os.open(self._name(number), os.O_RDONLY | os.O_CLOEXEC)
                except FileNotFoundError:
                    continue
                if mine is not None and os.path.samestat(os.fstat(descriptor), mine):
                    os.close(descriptor)
                    continue
                self._take(descriptor, before=number - 1)
                return True
            done = self._before
            if not self._open_live():
                return False
            if not any(done < number <= self._before for number in self._numbers()):
                return True
            # What was live a moment ago has become a rotated file, and its turn is first.
            self._before = done

    def _open_live(self) -> bool:
        while True:
            before = self._newest()
            try:
                descriptor = os.open(self._path, os.O_RDONLY | os.O_CLOEXEC)
            except FileNotFoundError:
                return False
            if self._newest() == before:
                self._take(descriptor, before=before)
                return True
            os.close(descriptor)

    def _take(self, descriptor: int, *, before: int) -> None:
        self._let_go()
        self._descriptor = descriptor
        self._before = before

    def _numbers(self) -> list[int]:
        return numbers(str(self._path), str(self._path.parent))

    def _newest(self) -> int:
        return max([0, *self._numbers()])

    def _later(self) -> list[int]:
        return [number for number in self._numbers() if number > self._before]

    def _name(self, number: int) -> str:
        return f"{self._path}.{number:06}"


def _blocks_from_end(descriptor: int, end: int) -> Iterator[bytes]:
    while end > 0:
        start = max(0, end - BLOCK)
        yield os.pread(descriptor, end - start, start)
        end = start
