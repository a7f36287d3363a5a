"""The program: options, signals, and the loop that sleeps until a key or a moment comes."""

import os
import select
import signal
import sys
import termios
import time
from types import FrameType

from orchestratord.standin.agent import Agent, Ended
from orchestratord.standin.hooks import Hooks
from orchestratord.standin.keys import KeyReader
from orchestratord.standin.options import MANUAL, BadOption, Options
from orchestratord.standin.session import NoSuchSession, Session, new_id
from orchestratord.standin.terminal import Terminal

_STATUS = {signal.SIGINT: 0, signal.SIGTERM: 143, signal.SIGHUP: 129}
_ESCAPE_PATIENCE = 0.05
"""Seconds after which an Esc that nothing followed was a key of its own."""


def _end(number: int, _: FrameType | None) -> None:
    raise Ended(_STATUS[signal.Signals(number)])


def _wake_on_signals() -> int:
    """Endings raise wherever the program is; a change of size only makes the returned descriptor readable."""
    readable, writable = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    signal.set_wakeup_fd(writable, warn_on_full_buffer=False)
    signal.signal(signal.SIGWINCH, lambda *_: None)
    for number in _STATUS:
        signal.signal(number, _end)
    return readable


def _loop(agent: Agent, wake: int) -> None:
    """Never returns; without a turn or a dialog it sleeps in one poll without a timeout."""
    keys = KeyReader()
    while True:
        agent.paint()
        ears = agent.ears()
        poll = select.poll()
        for descriptor in (0, wake, *ears):
            poll.register(descriptor, select.POLLIN)
        due = agent.due()
        patience = _ESCAPE_PATIENCE if keys.unsure else None if due is None else max(0.0, due - time.monotonic())
        ready = dict(poll.poll(None if patience is None else patience * 1000 + 1))
        if wake in ready:
            os.read(wake, 4096)
            agent.resized()
        events = keys.flush() if keys.unsure and 0 not in ready else []
        if 0 in ready:
            data = os.read(0, 65536) if ready[0] & select.POLLIN else b""
            if not data:
                raise Ended(129)
            events = keys.feed(data)
        for event in events:
            agent.take(event, time.monotonic())
        for descriptor in ears:
            if descriptor in ready:
                agent.hear(descriptor)
        agent.pass_time(time.monotonic())


def _kind() -> type[Agent]:
    if not os.environ.get("STANDIN_TROUBLE"):
        return Agent
    from orchestratord.standin.trouble import TroubledAgent

    return TroubledAgent


def _run(options: Options) -> int:
    home = os.environ.get("STANDIN_HOME") or os.path.expanduser("~/.standin")
    folder = os.getcwd()
    hooks = Hooks(options["settings"])
    if options["resume"]:
        session = Session.resumed(home, folder, options["resume"])
    else:
        session = Session(home, folder, options["session_id"] or new_id())
    terminal = Terminal()
    agent = _kind()(terminal, hooks, session, home, folder, options["name"])
    status = 0
    try:
        wake = _wake_on_signals()
        agent.begin("resume" if options["resume"] else "startup", os.environ.get("STANDIN_START", ""))
        _loop(agent, wake)
    except Ended as ended:
        for number in _STATUS:
            signal.signal(number, signal.SIG_IGN)
        agent.end(ended)
        status = ended.status
    finally:
        terminal.restore()
    return status


def main(words: list[str]) -> int:
    """Run until it is ended; the exit status."""
    try:
        options = Options(words)
        if options["help"]:
            print(MANUAL, end="")
            return 0
        if options["version"]:
            print("stand-in for Claude Code")
            return 0
        return _run(options)
    except BadOption as error:
        print(error, file=sys.stderr)
    except NoSuchSession as error:
        print(f"No conversation found with session ID: {error}", file=sys.stderr)
    except termios.error:
        print("error: the stand-in needs a terminal: run it in one, such as a tmux pane", file=sys.stderr)
    except (OSError, ValueError, KeyError) as error:
        print(f"error: {error}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
