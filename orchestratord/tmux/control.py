"""The connection to tmux: commands with deadlines, notifications, and coming back by itself when it breaks."""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Final, TypeVar

from orchestratord.errors import TmuxUnavailable
from orchestratord.tmux.errors import SessionGone
from orchestratord.tmux.link import Link, attach
from orchestratord.tmux.place import Place
from orchestratord.tmux.protocol import Notification

__all__ = ["DEADLINE", "Control"]

DEADLINE: Final = 5.0
"""Seconds a command may take. tmux answers in well under a millisecond; later than this it hangs."""

_ATTACH: Final = ("attach-session", "-E", "-f", "no-output,ignore-size")
"""``-E``: the session's environment stays as it is. The flags: no pane's output for us, no window of our size."""

_PAUSES: Final = (0.0, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0)
"""Seconds before each try to come back; the last one for ever."""

T = TypeVar("T")


class Control:
    """A control client of one session; nothing but a command's own words ever reaches tmux through it.

    ``gone(words)`` is called once when the session, or the whole server, is no more: then :meth:`connect` again after
    making it anew. ``restored()`` is called when the connection broke, the session was still there, and the
    connection stands again; notifications may have been missed. ``observe(command, seconds)`` hears how long each
    answer took. All are called on the loop.
    """

    def __init__(
        self,
        place: Place,
        session: str,
        *,
        gone: Callable[[str], None] = lambda _words: None,
        restored: Callable[[], None] = lambda: None,
        observe: Callable[[str, float], None] = lambda _command, _seconds: None,
    ) -> None:
        self.session = session
        self._place = place
        self._gone = gone
        self._restored = restored
        self._observe = observe
        self._listeners: list[Callable[[Notification], None]] = []
        self._link: Link | None = None
        self._connecting = asyncio.Lock()
        self._recovery: asyncio.Task[None] | None = None
        self._server_pid: int | None = None

    @property
    def connected(self) -> bool:
        """Whether the connection stands. tmux may hang all the same."""
        return self._link is not None

    async def connect(self, *, deadline: float = DEADLINE) -> None:
        """Attach to the session; already attached counts as done. Never starts a server.

        Raises:
            SessionGone: there is no such session, or no server.
            TmuxUnavailable: no tmux is installed, or it does not answer within ``deadline`` seconds.
        """
        async with self._connecting, _within(deadline, "attach-session"):
            if self._link is not None:
                return
            argv = [*self._place.argv(), "-N", "-u", "-C", *_ATTACH, "-t", f"={self.session}"]
            link = await attach(argv, self._place.environment(), notified=self._notify, ended=self._lost)
            try:
                [pid] = await link.send(("display-message", "-p", "#{pid}"))[0]
            except BaseException:
                await link.close()
                raise
            if link.over:  # it ended while we were on our way here, and nobody listened
                raise TmuxUnavailable(f"the connection to the tmux session {self.session} broke at once")
            self._link = link
            self._server_pid = int(pid)

    async def close(self) -> None:
        """Let go of tmux; nothing there ends."""
        if self._recovery is not None:
            self._recovery.cancel()
            with suppress(asyncio.CancelledError):
                await self._recovery
            self._recovery = None
        link, self._link = self._link, None
        if link is not None:
            await link.close()

    async def command(self, *argv: str, deadline: float = DEADLINE) -> list[str]:
        """Carry out one tmux command, its words unquoted, and return the lines that it prints.

        Not for commands that carry out others (``if-shell``, ``source-file``): tmux answers each of those, too, and
        every later answer would be taken for the one before it.

        Raises:
            CommandFailed: tmux refused; PaneGone and SessionGone are such refusals.
            TmuxUnavailable: not connected, or no answer within ``deadline`` seconds; it may still be carried out later.
        """
        return (await self.commands(argv, deadline=deadline))[0]

    async def commands(self, *argvs: Sequence[str], deadline: float = DEADLINE) -> list[list[str]]:
        """Carry out several commands in one round trip, each whether or not the one before it succeeded.

        Raises:
            CommandFailed, TmuxUnavailable: as :meth:`command`, the first there is.
        """
        async with _within(deadline, argvs[0][0]):
            link = await self._standing()
            return list(await self._timed(argvs[0][0], asyncio.gather(*link.send(*argvs))))

    async def content(self, *argv: str, deadline: float = DEADLINE) -> list[str]:
        """As :meth:`command`, for one that prints what a pane shows: no text there can pass for anything else."""
        async with _within(deadline, argv[0]):
            link = await self._standing()
            return await self._timed(argv[0], link.send_fenced(*argv))

    def listen(self, callback: Callable[[Notification], None]) -> Callable[[], None]:
        """Have every notification given to ``callback``, on the loop; call what is returned to end that."""
        self._listeners.append(callback)
        return lambda: self._listeners.remove(callback)

    def nudge(self) -> None:
        """Let the server look for children that have ended: it loses some of the signals that should tell it."""
        if self._server_pid is not None:
            # Not allowed when the server is somebody else's: then its own signals must do.
            with suppress(ProcessLookupError, PermissionError):
                os.kill(self._server_pid, signal.SIGCHLD)

    async def _standing(self) -> Link:
        if self._link is None and self._recovery is not None:
            await asyncio.wait({self._recovery})
        if self._link is None:
            raise TmuxUnavailable(f"not connected to the tmux session {self.session}")
        return self._link

    async def _timed(self, name: str, answer: Awaitable[T]) -> T:
        begun = time.perf_counter()
        try:
            return await answer
        finally:
            self._observe(name, time.perf_counter() - begun)

    def _notify(self, notification: Notification) -> None:
        for listener in tuple(self._listeners):
            listener(notification)

    def _lost(self, link: Link, words: str) -> None:
        if link is self._link:
            self._link = self._server_pid = None
            self._recovery = asyncio.get_running_loop().create_task(self._recover(words))

    async def _recover(self, words: str) -> None:
        for pause in _endlessly(_PAUSES):
            await asyncio.sleep(pause)
            try:
                await self.connect()
            except SessionGone as refused:
                self._recovery = None
                self._gone(words or refused.message)
                return
            except TmuxUnavailable:
                continue
            self._recovery = None
            self._restored()
            return


@asynccontextmanager
async def _within(deadline: float, name: str) -> AsyncIterator[None]:
    try:
        async with asyncio.timeout(deadline):
            yield
    except TimeoutError:
        raise TmuxUnavailable(
            f"tmux {name}: no answer within {deadline:g} s", hint="Is the tmux server stopped or overloaded?"
        ) from None


def _endlessly(pauses: Sequence[float]) -> Iterator[float]:
    yield from pauses
    while True:
        yield pauses[-1]
