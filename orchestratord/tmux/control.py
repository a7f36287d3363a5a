"""The one connection over which all is said to a running tmux server: control mode, pipelined, with deadlines."""

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable
from typing import Final

from orchestratord.errors import TmuxUnavailable
from orchestratord.tmux.failures import NOT_INSTALLED, CommandFailed, PaneGone
from orchestratord.tmux.place import Place
from orchestratord.tmux.protocol import Notification, Parser, Reply
from orchestratord.tmux.quoting import line

__all__ = ["DEADLINE", "Control"]

DEADLINE: Final = 5.0
"""Seconds that a command may take; a healthy server needs well under a millisecond."""

_FLAGS: Final = "no-output,ignore-size"
"""We never read what panes print, and our size must not squeeze anybody's window."""

_CHUNK: Final = 1 << 16


class Control:
    """A control-mode client attached to ``session``, which must exist.

    A command after a lost connection connects again first. ``on_lost`` is called once for each connection that ends
    without having been closed: the client was killed, the session removed, or the server died.
    """

    def __init__(
        self,
        place: Place,
        session: str,
        *,
        on_notification: Callable[[Notification], None] = lambda _: None,
        on_lost: Callable[[], None] = lambda: None,
    ) -> None:
        self._place = place
        self._session = session
        self._on_notification = on_notification
        self._on_lost = on_lost
        self._client: asyncio.subprocess.Process | None = None
        self._reader: asyncio.Task[None] | None = None
        self._waiting: deque[asyncio.Future[Reply]] = deque()
        self._connecting = asyncio.Lock()

    @property
    def connected(self) -> bool:
        """Whether a connection stands."""
        return self._client is not None

    async def connect(self, deadline: float = DEADLINE) -> None:
        """Attach; does nothing when attached. Raises TmuxUnavailable when there is no such session or no answer."""
        async with self._connecting:
            if self._client is not None:
                return
            try:
                client = await asyncio.create_subprocess_exec(
                    *self._place.argv(), "-C", "attach-session", "-f", _FLAGS, "-t", f"={self._session}",
                    stdin=asyncio.subprocess.PIPE,
                    stdout=asyncio.subprocess.PIPE,
                    stderr=asyncio.subprocess.DEVNULL,
                    env=self._place.environment(),
                    start_new_session=True,
                )  # fmt: skip
            except FileNotFoundError:
                raise NOT_INSTALLED from None
            self._client = client
            self._reader = asyncio.create_task(self._read(client), name="tmux control connection")
            try:
                await self._ask(["display-message", "-p", "attached"], deadline)
            except TmuxUnavailable:
                await self._drop(client)
                raise

    async def close(self) -> None:
        """Let go of the connection; the server and its session stay as they are."""
        if self._client is not None:
            await self._drop(self._client)

    async def command(self, *words: str, deadline: float = DEADLINE) -> list[str]:
        """Perform one command and return the lines it printed.

        Raises CommandFailed (PaneGone) with tmux's words when it refuses, TmuxUnavailable when no answer comes in
        time. Given up is only the waiting: the command may still be carried out.
        """
        if self._client is None:
            await self.connect(deadline)
        reply = await self._ask(words, deadline)
        if reply.succeeded:
            return list(reply.lines)
        said = "; ".join(reply.lines)
        refusal = PaneGone if said.startswith(("can't find pane", "no such pane")) else CommandFailed
        raise refusal(f"tmux refused {words[0]}: {said}")

    async def _ask(self, words: list[str] | tuple[str, ...], deadline: float) -> Reply:
        client = self._client
        if client is None or client.stdin is None or client.stdin.is_closing():
            raise self._unavailable("the connection is closed")
        answer: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
        self._waiting.append(answer)
        client.stdin.write(line(words))
        try:
            async with asyncio.timeout(deadline):
                return await answer
        except TimeoutError:
            # The place in the queue is kept: a late answer must not be taken for the next one's.
            raise self._unavailable(f"{words[0]} was not answered within {deadline:g} s") from None

    def _unavailable(self, why: str) -> TmuxUnavailable:
        return TmuxUnavailable(
            f"tmux does not answer for session {self._session}: {why}",
            hint=f"See whether it lives: {' '.join(self._place.argv())} ls",
        )

    async def _read(self, client: asyncio.subprocess.Process) -> None:
        parser = Parser()
        while client.stdout is not None and (data := await client.stdout.read(_CHUNK)):
            for said in parser.feed(data):
                if isinstance(said, Notification):
                    self._on_notification(said)
                elif self._waiting:
                    waiting = self._waiting.popleft()
                    if not waiting.done():
                        waiting.set_result(said)
        self._forget(client)
        with contextlib.suppress(ProcessLookupError):
            client.kill()
        await client.wait()
        self._on_lost()

    def _forget(self, client: asyncio.subprocess.Process) -> None:
        if self._client is client:
            self._client = None
            self._reader = None
            while self._waiting:
                waiting = self._waiting.popleft()
                if not waiting.done():
                    waiting.set_exception(self._unavailable("the connection ended"))
                    # Whoever gave up waiting does not look any more; that must not be an error of its own.
                    waiting.exception()

    async def _drop(self, client: asyncio.subprocess.Process) -> None:
        reader = self._reader
        self._forget(client)
        if reader is not None:
            reader.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await reader
        if client.stdin is not None:
            client.stdin.close()
        with contextlib.suppress(ProcessLookupError):
            client.kill()
        await client.wait()
