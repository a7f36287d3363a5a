"""The session and its windows: enough panes, none too small, each marked as its agent's."""

import asyncio
import threading
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, Self

from orchestratord.errors import TmuxUnavailable
from orchestratord.tmux.environment import DAEMONS_OWN
from orchestratord.tmux.errors import ForeignSession, SessionGone
from orchestratord.tmux.facts import FORMAT, MARK_AGENT, MARK_CLUSTER, PaneFacts, parse
from orchestratord.tmux.layout import HEIGHT, WIDTH, Room, distribute
from orchestratord.tmux.place import Place
from orchestratord.tmux.server import BoundedServer

__all__ = ["SessionKeeper"]

# A name of its own: the panes of a session inherit its options.
_MARK_SESSION: Final = "@orchestratord_session"
_BETWEEN: Final = "␟"
_LOOK: Final = _BETWEEN.join((f"#{{{_MARK_SESSION}}}", "#{window_active}", "#{pane_active}", FORMAT))

_SESSION_OPTIONS: Final = {
    "history-limit": "2000",  # full, 200 panes of this take 220 MB of the server
    "destroy-unattached": "off",  # the agents stay when the daemon or a human leaves
}
_WINDOW_OPTIONS: Final = {
    "remain-on-exit": "on",
    "synchronize-panes": "off",  # what is entered is for one agent
    "automatic-rename": "off",
    "allow-rename": "off",
}
_TRIES: Final = 5


@dataclass(frozen=True, slots=True)
class _Seen:
    """A pane, and what of its session and window matters here."""

    facts: PaneFacts
    session_mark: str
    current: bool
    """The pane that is active in the window that is current in its session."""
    active: bool

    @classmethod
    def read(cls, line: str) -> Self:
        mark, current, active, facts = line.split(_BETWEEN, 3)
        return cls(parse(facts), mark, current=current == active == "1", active=active == "1")


class SessionKeeper:
    """Makes the session of a cluster and keeps it whole; knows nothing of what runs in it.

    ``cluster`` is the mark by which panes and the session are known as ours; ``drop_env`` names variables that must
    not reach a pane, even from a server that somebody else has started. A server that must be started for it reads no
    tmux.conf, unless it is the user's default one; whatever a user's tmux.conf says, the panes are as described here.
    """

    def __init__(self, place: Place, session: str, cluster: str, *, drop_env: Collection[str] = ()) -> None:
        self._server = BoundedServer(place)
        self._session = session
        self._cluster = cluster
        self._drop_env = tuple(dict.fromkeys((*DAEMONS_OWN, *drop_env)))
        self._alone = threading.Lock()

    async def ensure(self, agents: Sequence[str]) -> dict[str, str]:
        """Make what is missing of session, windows and panes; return the pane's id of each agent.

        A new pane holds a process that has already ended. Panes that are there stay as they are, but for their size.

        Raises:
            ForeignSession: a session of this name exists and is not ours.
            TmuxUnavailable: tmux is not installed, does not answer, or does not keep what it is told to make.
        """
        return await asyncio.to_thread(self._ensure, agents)

    async def exists(self) -> bool:
        """Whether there is a session of ours."""
        return bool(self._of_session(await asyncio.to_thread(self._look)))

    async def destroy(self) -> None:
        """Remove our panes, and with them the session, unless somebody opened windows of their own in it."""
        await asyncio.to_thread(self._destroy)

    def _ensure(self, agents: Sequence[str]) -> dict[str, str]:
        with self._alone:
            for _ in range(_TRIES - 1):
                # A server that is just ending, or a session that somebody ends meanwhile: what comes next is new.
                with suppress(SessionGone):
                    return self._make(agents)
            return self._make(agents)

    def _make(self, agents: Sequence[str]) -> dict[str, str]:
        seen = self._look()
        if not self._of_session(seen):
            # In one go: a user's destroy-unattached would end it before a second one.
            self._server.batch([*self._new_session(), *self._session_settings()])
            seen = self._look()
        else:
            self._server.batch(self._session_settings())
        self._add_missing(agents, seen)
        seen = self._look()
        panes = self._panes(seen)
        if lost := [agent for agent in agents if agent not in panes]:
            raise TmuxUnavailable(
                f"tmux did not keep the panes it made for {', '.join(lost)}",
                hint="Does a hook in tmux.conf close panes?",
            )
        return {agent: panes[agent] for agent in agents}

    def _look(self) -> list[_Seen]:
        """All panes of the server; none when there is no server."""
        try:
            lines = self._server.batch([("list-panes", "-a", "-F", _LOOK)])
        except SessionGone:
            return []
        return [_Seen.read(line) for line in lines]

    def _of_session(self, seen: Iterable[_Seen]) -> list[_Seen]:
        panes = [pane for pane in seen if pane.facts.session == self._session]
        if panes and panes[0].session_mark != self._cluster:
            raise ForeignSession(
                f"tmux already has a session {self._session}, and it is not of the cluster {self._cluster}",
                hint="Set cluster.session_name to another name, or end that session.",
            )
        return panes

    def _panes(self, seen: Iterable[_Seen]) -> dict[str, str]:
        ours = (pane.facts for pane in seen if pane.facts.cluster == self._cluster)
        return {facts.agent: facts.id for facts in ours if facts.agent}

    def _new_session(self) -> list[Sequence[str]]:
        """The session with a window that only holds it open: its pane came before its options, so no agent gets it."""
        size = ("-x", str(WIDTH), "-y", str(HEIGHT))
        return [
            # A server that ends with its last client would take the agents along when the daemon restarts.
            ("start-server",),
            ("set-option", "-s", "exit-unattached", "off"),
            ("new-session", "-d", *size, "-s", self._session, *_nothing_runs("orchestratord")),
            ("set-option", "-w", "-t", f"={self._session}:", "remain-on-exit", "on"),
            ("set-option", "-t", f"={self._session}:", _MARK_SESSION, self._cluster),
            ("set-option", "-p", "-t", f"={self._session}:", MARK_CLUSTER, self._cluster),
        ]

    def _session_settings(self) -> list[Sequence[str]]:
        return [
            *(("set-option", "-t", f"={self._session}:", *option) for option in _SESSION_OPTIONS.items()),
            *(("set-environment", "-t", f"={self._session}", "-r", name) for name in self._drop_env),
        ]

    def _add_missing(self, agents: Sequence[str], seen: Sequence[_Seen]) -> None:
        there = self._panes(seen)
        here = self._of_session(seen)
        for room in distribute([agent for agent in agents if agent not in there], self._windows(here)):
            self._server.batch(self._fill(room, here))
        # What held the session open until now: ours, and no agent's.
        for pane in here:
            if pane.facts.cluster == self._cluster and not pane.facts.agent and agents:
                self._server.batch([("kill-pane", "-t", pane.facts.id)])

    def _windows(self, here: Iterable[_Seen]) -> Mapping[str, int]:
        """How many panes each window has that holds agents of ours and nothing else."""
        panes = Counter(pane.facts.window for pane in here)
        others = {pane.facts.window for pane in here if pane.facts.cluster != self._cluster or not pane.facts.agent}
        return {window: count for window, count in panes.items() if window not in others}

    def _fill(self, room: Room, here: Sequence[_Seen]) -> list[Sequence[str]]:
        """Make panes and mark each at once, so that none is ever nobody's. What was in front of a human stays there.

        Commands without ``-t`` mean the pane that the one before them has made.
        """
        commands: list[Sequence[str]] = []
        agents = room.agents
        if room.window is None:
            commands += [("new-window", "-t", f"={self._session}:", "-n", "agents", *_nothing_runs(agents[0]))]
            commands += [("set-option", "-w", *option) for option in _WINDOW_OPTIONS.items()]
            # Also sets the window's window-size to manual, so that no client's size changes it.
            commands += [("resize-window", "-x", str(WIDTH), "-y", str(HEIGHT)), *self._marks(agents[0])]
            agents = agents[1:]
        else:
            commands += [("select-layout", "-t", room.window, "tiled")]
        for agent in agents:
            where = ("-t", room.window) if room.window else ()
            commands += [("split-window", *where, *_nothing_runs(agent)), *self._marks(agent)]
            commands += [("select-layout", "tiled")]
        if room.window is None:
            return [*commands, *(("select-window", "-t", pane.facts.window) for pane in here if pane.current)]
        front = [pane.facts.id for pane in here if pane.active and pane.facts.window == room.window]
        return [*commands, *(("select-pane", "-t", pane) for pane in front)]

    def _marks(self, agent: str) -> list[Sequence[str]]:
        return [("set-option", "-p", MARK_CLUSTER, self._cluster), ("set-option", "-p", MARK_AGENT, agent)]

    def _destroy(self) -> None:
        with self._alone:
            # A pane that goes by itself while we remove them cuts a round short.
            for _ in range(_TRIES):
                ours = [pane.facts.id for pane in self._look() if pane.facts.cluster == self._cluster]
                if not ours:
                    return
                for pane in ours:
                    self._server.cmd("kill-pane", target=pane)
            raise TmuxUnavailable(f"tmux does not remove the panes of {self._session}")


def _nothing_runs(agent: str) -> tuple[str, ...]:
    """A program that ends at once and leaves a line for who looks. Several words: tmux gives one alone to a shell."""
    return ("printf", "%s\\n", f"{agent} is not running.")
