"""The session and its windows: made by libtmux, one call a window, tiled, never a pane too small to draw in."""

import asyncio
from collections.abc import Callable
from typing import Final, TypeVar

from libtmux.exc import LibTmuxException

from orchestratord.errors import TmuxUnavailable
from orchestratord.tmux.facts import FORMAT, PaneFacts
from orchestratord.tmux.failures import CommandFailed
from orchestratord.tmux.place import Place
from orchestratord.tmux.server import BoundedServer

__all__ = ["PANES_A_WINDOW", "SessionKeeper"]

T = TypeVar("T")

_WIDTH: Final = 242
_HEIGHT: Final = 65
PANES_A_WINDOW: Final = 9
"""Tiled three by three in 242x65 with their borders, none is smaller than 80x20."""

_NOTHING: Final = ("/usr/bin/env", "true")
"""What a new pane runs until an agent is put into it: two words, so that no shell is asked."""

_WINDOW_OPTIONS: Final = {
    # tmux 3.3a dies of a global `window-size manual` followed by new-window: it is set on each window.
    "window-size": "manual",
    "remain-on-exit": "on",
    "automatic-rename": "off",
    "allow-rename": "off",
    "aggressive-resize": "off",
    "pane-base-index": "0",
    "synchronize-panes": "off",
    "monitor-activity": "off",
    "pane-border-status": "off",
}
_SESSION_OPTIONS: Final = {
    "destroy-unattached": "off",
    "history-limit": "2000",
    "default-size": f"{_WIDTH}x{_HEIGHT}",
    "renumber-windows": "off",
    "lock-after-time": "0",
}


class SessionKeeper:
    """Makes, looks at and removes one session of a server; everything else there is somebody else's.

    Each call blocks a thread, not the loop, and is bounded by the deadlines of its tmux commands.
    Raises TmuxUnavailable when there is no answer, CommandFailed with tmux's words when it refuses.
    """

    def __init__(self, place: Place, session: str) -> None:
        self._place = place
        self._name = session

    async def exists(self) -> bool:
        """Whether the server runs and has the session."""
        return await self._threaded(lambda server: server.has_session(self._name))

    async def panes(self) -> list[PaneFacts]:
        """All panes of the session, in the order of windows and places; [] where there is no session."""

        def look(server: BoundedServer) -> list[PaneFacts]:
            done = server.cmd("list-panes", "-s", "-F", FORMAT, target=f"={self._name}")
            return [PaneFacts.read(line) for line in done.stdout] if done.returncode == 0 else []

        return await self._threaded(look)

    async def ensure(self, count: int) -> list[str]:
        """Make the session where it is missing, and ``count`` new panes in it; their ids.

        Panes that are there stay as they are; new ones fill up the last window that is ours, then new windows.
        """
        return await self._threaded(lambda server: self._make(server, count))

    async def destroy(self) -> None:
        """Remove the session with all of its panes; already gone counts as done."""
        await self._threaded(lambda server: server.cmd("kill-session", target=f"={self._name}"))

    def _make(self, server: BoundedServer, count: int) -> list[str]:
        made: list[str] = []
        if not server.has_session(self._name):
            made += self._first_pane(server)
            window = _run(server, "display-message", "-p", "-t", made[0], "#{window_id}")[0]
            made += self._split(server, window, min(count, PANES_A_WINDOW) - 1)
        elif count:
            made += self._fill_up(server, count)
        while len(made) < count:
            made += self._window(server, min(count - len(made), PANES_A_WINDOW))
        return made

    def _first_pane(self, server: BoundedServer) -> list[str]:
        # One chain: nothing that its first process does can come between the pane and its options.
        new = ["-d", "-P", "-F", "#{pane_id}", "-s", self._name, "-x", str(_WIDTH), "-y", str(_HEIGHT)]
        settings = [word for key, value in _SESSION_OPTIONS.items() for word in self._setting("-t", key, value)]
        return _run(server, "new-session", *new, "--", *_NOTHING, *settings, *self._window_settings(f"={self._name}:"))

    def _window(self, server: BoundedServer, panes: int) -> list[str]:
        last = f"={self._name}:{{end}}"
        new = ["-d", "-a", "-P", "-F", "#{window_id} #{pane_id}", "-t", last, "--", *_NOTHING]
        (line,) = _run(server, "new-window", *new, *self._window_settings(last))
        window, first = line.split()
        return [first, *self._split(server, window, panes - 1)]

    def _fill_up(self, server: BoundedServer, count: int) -> list[str]:
        """New panes where the last window still has room for them."""
        panes = [
            PaneFacts.read(line) for line in _run(server, "list-panes", "-s", "-t", f"={self._name}", "-F", FORMAT)
        ]
        window = panes[-1].window
        room = PANES_A_WINDOW - sum(pane.window == window for pane in panes)
        return self._split(server, window, min(count, max(room, 0)))

    def _split(self, server: BoundedServer, window: str, panes: int) -> list[str]:
        if panes < 1:
            return []
        words: list[str] = []
        for _ in range(panes):
            # Without -d each new pane is the active one, which the next is put behind. Tiled again every time: a pane
            # that was halved three times could not be split any more.
            words += ["split-window", "-P", "-F", "#{pane_id}", "-t", window, "--", *_NOTHING, ";"]
            words += ["select-layout", "-t", window, "tiled", ";"]
        return _run(server, *words[:-1])

    def _window_settings(self, target: str) -> list[str]:
        size = [";", "resize-window", "-t", target, "-x", str(_WIDTH), "-y", str(_HEIGHT)]
        settings = (_set_on_window(target, key, value) for key, value in _WINDOW_OPTIONS.items())
        return [word for setting in settings for word in setting] + size

    def _setting(self, flag: str, key: str, value: str) -> list[str]:
        return [";", "set-option", flag, f"={self._name}:", key, value]

    async def _threaded(self, work: Callable[[BoundedServer], T]) -> T:
        def run() -> T:
            try:
                return work(BoundedServer(self._place))
            except TmuxUnavailable:
                raise
            except (LibTmuxException, ValueError) as fault:
                # libtmux raises a bare ValueError when something vanishes while it lists.
                raise CommandFailed(f"tmux refused: {fault}") from fault

        return await asyncio.to_thread(run)


def _set_on_window(target: str, key: str, value: str) -> list[str]:
    return [";", "set-option", "-w", "-t", target, key, value]


def _run(server: BoundedServer, command: str, *words: str) -> list[str]:
    done = server.cmd(command, *words)
    if done.returncode != 0:
        raise CommandFailed(f"tmux refused {command}: {' '.join(done.stderr)}")
    return done.stdout
