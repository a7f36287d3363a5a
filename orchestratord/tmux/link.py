"""One tmux program in control mode, from its start to its end: its pipes, and which answer belongs to which command."""

import asyncio
import secrets
import shutil
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from typing import Final, cast

from orchestratord.errors import TmuxUnavailable
from orchestratord.tmux.errors import refusal
from orchestratord.tmux.protocol import Answer, Notification, Parser
from orchestratord.tmux.quoting import line

__all__ = ["Link", "Reply", "attach"]

Reply = asyncio.Future[list[str]]
"""The lines that a command printed, or CommandFailed, or TmuxUnavailable when the link broke before the answer."""

_WAITING_AT_MOST: Final = 10_000
_STDOUT: Final = 1
_STDERR: Final = 2

_END_WITH_US: Final = ("setpriv", "--pdeathsig", "KILL") if shutil.which("setpriv") else ()
"""tmux waits for its clients before it ends. One whose daemon was killed, with words for it still unwritten, would
stay for ever, and with it a server that neither serves nor makes room for another.
"""


async def attach(
    argv: Sequence[str],
    environment: Mapping[str, str],
    *,
    notified: Callable[[Notification], None],
    ended: Callable[["Link", str], None],
) -> "Link":
    """Start the program ``argv`` and wait until it is attached. Cancelled, it ends the program.

    ``ended(link, words)`` is called once when an attached link is over, ``words`` being tmux's.

    Raises:
        TmuxUnavailable: there is no tmux to start.
        SessionGone, CommandFailed: tmux refuses.
    """
    loop = asyncio.get_running_loop()
    try:
        # A session of its own: a Ctrl-C for a daemon in the foreground must not end its connection.
        _, link = await loop.subprocess_exec(
            lambda: Link(notified, ended), *_END_WITH_US, *argv, env=environment, start_new_session=True
        )
    except OSError as error:
        hint = "Install tmux 3.3 or newer (apt install tmux)."
        raise TmuxUnavailable(f"cannot start tmux: {error}", hint=hint) from error
    try:
        await link.attached()
    except BaseException:
        await link.close()
        raise
    return link


class Link(asyncio.SubprocessProtocol):
    """A control client.

    tmux passes the program's pipes to the server itself, so a command costs no more than a write and a read. Answers
    come in the order of the commands; a caller that waits no longer has its answer dropped when it comes.
    """

    def __init__(self, notified: Callable[[Notification], None], ended: Callable[["Link", str], None]) -> None:
        self._notified = notified
        self._ended = ended
        self._parser = Parser()
        self._waiting: deque[tuple[str, Reply]] = deque()
        self._loop = asyncio.get_running_loop()
        self._attached: Reply = self._loop.create_future()
        self._exited: asyncio.Future[None] = self._loop.create_future()
        self._words = ""
        self._over = False

    async def attached(self) -> None:
        """Return once the client is attached; raises SessionGone or CommandFailed when tmux refuses."""
        await asyncio.shield(self._attached)

    @property
    def over(self) -> bool:
        """Whether no answer will come any more."""
        return self._over

    def send(self, *argvs: Sequence[str]) -> list[Reply]:
        """Send commands in one write; their replies come in this order. One that fails does not stop the next."""
        self._check()
        replies = []
        for argv in argvs:
            self._parser.expect()
            replies.append(self._await_reply(argv[0]))
        self._stdin.write(b"".join(line(tuple(argv)) for argv in argvs))
        return replies

    def send_fenced(self, *argv: str) -> Reply:
        """Send a command whose answer is a pane's content, which must not be able to pass for the end of the answer."""
        self._check()
        fence = secrets.token_hex(16)
        self._parser.expect(fence)
        reply = self._await_reply(argv[0])
        self._parser.expect()
        # Nobody waits for the fence itself; when the link breaks, the reply before it tells.
        self._await_reply("display-message").add_done_callback(asyncio.Future.exception)
        self._stdin.write(line(argv) + line(("display-message", "-p", fence)))
        return reply

    async def close(self) -> None:
        """End the program. The server and its panes take no notice of it."""
        self._transport.close()
        await asyncio.shield(self._exited)

    def _check(self) -> None:
        if self._over:
            raise TmuxUnavailable("the connection to tmux is closed")
        if len(self._waiting) >= _WAITING_AT_MOST:
            raise TmuxUnavailable(f"tmux has not answered the last {_WAITING_AT_MOST} commands")

    def _await_reply(self, name: str) -> Reply:
        reply: Reply = self._loop.create_future()
        self._waiting.append((name, reply))
        return reply

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The loop's call: the program runs."""
        self._transport = cast("asyncio.SubprocessTransport", transport)
        self._stdin = cast("asyncio.WriteTransport", self._transport.get_pipe_transport(0))

    def pipe_data_received(self, fd: int, data: bytes) -> None:
        """The loop's call: tmux has written."""
        if fd == _STDERR:
            self._words = (self._words + data.decode(errors="replace"))[-1000:].strip()
            return
        for item in self._parser.feed(data):
            if isinstance(item, Notification):
                self._notice(item)
            elif not self._attached.done():
                # The first answer is that to attaching itself, which no command asked for.
                _settle(self._attached, "attach-session", item)
            elif item.asked and self._waiting:
                name, reply = self._waiting.popleft()
                _settle(reply, name, item)

    def _notice(self, notification: Notification) -> None:
        if notification.name == "exit":
            self._words = notification.text or self._words
        else:
            self._notified(notification)

    def pipe_connection_lost(self, fd: int, _: Exception | None) -> None:
        """The loop's call: a pipe is closed. Without stdout there will be no answer any more."""
        if fd == _STDOUT:
            self._finish()

    def process_exited(self) -> None:
        """The loop's call: the program is gone and reaped."""
        if not self._exited.done():
            self._exited.set_result(None)

    def connection_lost(self, _: Exception | None) -> None:
        """The loop's call: the program has ended and all pipes are closed."""
        self._finish()
        self._transport.close()
        if not self._attached.done():
            self._attached.set_exception(refusal("attach-session", self._words))

    def _finish(self) -> None:
        if self._over:
            return
        self._over = True
        for name, reply in self._waiting:
            if not reply.done():
                reply.set_exception(
                    TmuxUnavailable(f"tmux {name}: the connection broke; whether it was carried out is not known")
                )
        self._waiting.clear()
        if self._attached.done() and not self._attached.cancelled() and self._attached.exception() is None:
            self._ended(self, self._words)


def _settle(reply: Reply, name: str, answer: Answer) -> None:
    if reply.done():
        return
    if answer.failed:
        reply.set_exception(refusal(name, "; ".join(answer.lines)))
    else:
        reply.set_result(answer.lines)
