"""A file that is written without loss and begun anew by size; also the program behind every pane's log.

Run as ``python -I -S rotation.py PATH MAX_BYTES KEEP`` it copies its standard input into such a file. tmux feeds it
what the pane shows; exchanging that pipe would lose bytes, so it is the program that rotates, and the pipe stays.
It imports next to nothing, because one of it runs beside every agent: no typing, no pathlib, no logging.
"""
# ruff: noqa: PTH103, PTH104, PTH108, PTH116, PTH118, PTH119, PTH120, PTH208
# All of them ask for pathlib, which would cost every such program a megabyte and ten milliseconds.

import fcntl
import os
import signal
import sys

__all__ = ["RotatingFile", "numbers"]

ARCHIVE = "archive"
"""Folder beside a log where old rotated files are kept compressed."""

_CHUNK = 65536


def numbers(path: str, folder: str) -> list[int]:
    """Numbers of the rotated files of the log ``path`` that lie in ``folder`` (compressed or not), rising."""
    prefix = os.path.basename(path) + "."
    try:
        names = os.listdir(folder)
    except FileNotFoundError:
        return []
    ends = [name[len(prefix) :].removesuffix(".gz") for name in names if name.startswith(prefix)]
    return sorted(int(end) for end in ends if end.isdecimal())


def loss_note(lost: int, why: str) -> bytes:
    """What stands in a log where bytes are missing."""
    return f"\n[{lost} bytes were not written: {why}]\n".encode()


class RotatingFile:
    """Appends to ``path``; past ``max_bytes`` the file becomes ``PATH.000001`` (and so on, never renumbered).

    It is cut at the end of a line, unless a line alone is as long as a file may be. At most ``keep`` rotated files
    stay; 0 keeps all. A disk that takes nothing never raises: the bytes are counted, and ``note(count, why)`` stands
    in their place once it takes some again. Several writers of one file lose nothing either.
    """

    def __init__(self, path: str, max_bytes: int, keep: int = 0, note=loss_note) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001  naming a callable's type needs the typing module
        self._path = path
        self._max_bytes = max_bytes
        self._keep = keep
        self._note = note
        self._descriptor = -1
        self._size = 0
        self._mid_line = False
        self._full = False
        self._lost = 0
        self._why = ""

    def write(self, chunk: bytes) -> None:
        """Append it, whatever its size; it never raises for the disk's sake."""
        start = 0
        try:
            self._expect_file()
            if self._lost:
                self._append(self._note(self._lost, self._why))
                self._lost = 0
            while start < len(chunk):
                end = self._fitting(chunk, start)
                start += self._append(chunk[start:end])
                if self._full and start == end:
                    self._rotate()
        except OSError as error:
            self._lost += len(chunk) - start
            self._why = error.strerror or str(error)
            self.close()

    def close(self) -> None:
        """Let go of the file; another write opens it again."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def _fitting(self, chunk: bytes, start: int) -> int:
        """Up to where this chunk goes into the present file; sets ``_full`` when the rest goes into another."""
        room = self._max_bytes - self._size
        if len(chunk) - start <= room:
            return len(chunk)
        end = chunk.rfind(b"\n", start, start + max(room, 0)) + 1
        if end > start or (self._size > 0 and not self._mid_line):
            self._full = True
            return max(end, start)
        # A line that is longer than the room that is left: its end may stand a little farther on.
        limit = max(start + 1, start + 2 * self._max_bytes - self._size)
        end = chunk.find(b"\n", start, limit) + 1 or min(limit, len(chunk))
        self._full = end == limit or chunk[end - 1 : end] == b"\n"
        return end

    def _append(self, part: bytes) -> int:
        written = os.write(self._descriptor, part) if part else 0
        self._size += written
        if written:
            self._mid_line = part[written - 1] != 0x0A
        return written

    def _expect_file(self) -> None:
        # Somebody may have moved or removed the file, and what goes into a file without a name is lost.
        if self._descriptor >= 0 and not self._is_named():
            self.close()
        if self._descriptor >= 0:
            return
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC
        try:
            self._descriptor = os.open(self._path, flags, 0o640)
        except FileNotFoundError:
            os.makedirs(os.path.dirname(self._path), mode=0o750, exist_ok=True)
            self._descriptor = os.open(self._path, flags, 0o640)
        self._size = os.fstat(self._descriptor).st_size
        self._mid_line = self._size > 0
        self._full = False

    def _is_named(self) -> bool:
        try:
            return os.path.samestat(os.stat(self._path), os.fstat(self._descriptor))
        except FileNotFoundError:
            return False

    def _rotate(self) -> None:
        # Another writer of the same file (the pipe of a daemon before us) comes to the same thought at the same
        # time: the lock, and the look after it, let only one of us rename.
        fcntl.flock(self._descriptor, fcntl.LOCK_EX)
        if self._is_named():
            folder = os.path.dirname(self._path)
            here = numbers(self._path, folder)
            number = max([0, *here, *numbers(self._path, os.path.join(folder, ARCHIVE))]) + 1
            os.rename(self._path, f"{self._path}.{number:06}")
            self._forget([*here, number])
        self.close()
        self._expect_file()

    def _forget(self, rotated: list[int]) -> None:
        for number in rotated[: -self._keep] if self._keep else []:
            try:
                os.unlink(f"{self._path}.{number:06}")
            except FileNotFoundError:
                continue


def _main() -> None:
    path, max_bytes, keep = sys.argv[1:]
    # What ends the pane's program must not end its log before the last word was written: only the pipe's end does.
    for number in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    file = RotatingFile(path, int(max_bytes), int(keep))
    while chunk := os.read(0, _CHUNK):
        file.write(chunk)
    file.close()


if __name__ == "__main__":
    _main()
