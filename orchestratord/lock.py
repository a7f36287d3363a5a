"""One daemon a state directory: a lock that the kernel takes back when its holder dies, however it dies."""

import fcntl
import os
from pathlib import Path
from typing import Final, Self

from orchestratord.errors import LockHeld

__all__ = ["StateLock"]

_NAME: Final = "orchestratord.lock"


class StateLock:
    """Holds ``DIRECTORY/orchestratord.lock`` for the life of the process.

    The file stays when the lock is given back: unlinking it would let two daemons hold locks on two files of one name.
    """

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    @classmethod
    def take(cls, directory: Path) -> Self:
        """Take the lock or raise :class:`LockHeld`, which names the holder's pid; makes the directory (0700)."""
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(directory / _NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.pread(descriptor, 32, 0).decode(errors="replace").strip() or "unknown"
            os.close(descriptor)
            raise LockHeld(
                f"{directory}: another orchestratord (pid {holder}) owns this state directory",
                hint="Stop that one first, or give this one its own directory with ORCHESTRATOR_STATE_DIR.",
            ) from None
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        return cls(descriptor)

    def release(self) -> None:
        """Give the lock back."""
        os.close(self._descriptor)
