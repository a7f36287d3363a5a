"""The socket's file: bound with its final rights, put in place in one step, taken from nobody who still listens."""

import contextlib
import fcntl
import grp
import os
import socket
import stat
from pathlib import Path
from typing import Self

from orchestratord.access.admission import GROUP
from orchestratord.errors import LockHeld, Unavailable

__all__ = ["Endpoint"]


class Endpoint:
    """A listening Unix socket at ``path``; ``path``.lock is held for as long as it lives.

    The lock tells a dead daemon's leftover from a living daemon's socket, which ``connect`` cannot: a busy one refuses
    too. Blocks: call ``open`` and ``close`` in a thread when a loop runs.
    """

    def __init__(self, path: Path, sock: socket.socket, lock: int) -> None:
        self.socket = sock
        self._path = path
        self._lock = lock
        self._inode = path.stat().st_ino

    @classmethod
    def open(cls, path: Path, mode: int) -> Self:
        """Bind and listen; ``mode`` 0600, or 0660 for the group ``orchestrator`` too.

        Raises LockHeld when another daemon serves this path, Unavailable when there can be no socket there.
        """
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            lock = os.open(path.with_name(path.name + ".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as fault:
            raise _impossible(path, fault) from fault
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return cls(path, _bound(path, mode), lock)
        except BlockingIOError:
            os.close(lock)
            raise LockHeld(
                f"{path}: another orchestratord serves this socket",
                hint="Stop that one first, or give this one its own socket with ORCHESTRATOR_SOCKET.",
            ) from None
        except OSError as fault:
            os.close(lock)
            raise _impossible(path, fault) from fault
        except Unavailable:
            os.close(lock)
            raise

    def close(self) -> None:
        """Stop listening and remove the file, unless somebody has put another one there; the lock goes last."""
        self.socket.close()
        with contextlib.suppress(FileNotFoundError):
            if self._path.stat().st_ino == self._inode:
                self._path.unlink()
        os.close(self._lock)


def _bound(path: Path, mode: int) -> socket.socket:
    if (path.is_symlink() or path.exists()) and not stat.S_ISSOCK(path.lstat().st_mode):
        raise Unavailable(f"{path}: there is something that is no socket", hint="Move it away.")
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    # A short name, for the kernel takes no more than 107 bytes.
    beside = path.with_name(f".{os.getpid()}")
    try:
        beside.unlink(missing_ok=True)
        # On Linux the file takes the socket's own rights at bind, less the umask: there is no moment in which more is
        # allowed, and the process's umask, which belongs to all threads, stays alone.
        os.fchmod(sock.fileno(), mode)
        sock.bind(str(beside))
        if mode & stat.S_IRWXG:
            _hand_to_group(beside)
        beside.chmod(mode)
        sock.listen(socket.SOMAXCONN)
        beside.replace(path)
    except OSError:
        sock.close()
        beside.unlink(missing_ok=True)
        raise
    sock.setblocking(False)  # noqa: FBT003 (its only parameter)
    return sock


def _hand_to_group(path: Path) -> None:
    # Neither a missing group nor one the daemon is no member of keeps the daemon's own user and root out.
    with contextlib.suppress(KeyError, PermissionError):
        os.chown(path, -1, grp.getgrnam(GROUP).gr_gid)


def _impossible(path: Path, fault: OSError) -> Unavailable:
    reason = fault.strerror or str(fault)
    return Unavailable(
        f"{path}: cannot make the socket: {reason}",
        hint="Its directory must be writable and its path at most 107 bytes; ORCHESTRATOR_SOCKET says where it is.",
    )
