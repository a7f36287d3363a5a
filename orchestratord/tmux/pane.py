"""One pane, known by its id: what runs in it, what it shows, what is entered into it."""

import asyncio
import re
import uuid
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from orchestratord.errors import TmuxUnavailable
from orchestratord.tmux.control import DEADLINE, Control
from orchestratord.tmux.errors import CommandFailed, PaneGone
from orchestratord.tmux.facts import PaneFacts, facts_of
from orchestratord.tmux.quoting import format_text, timed_format_text

__all__ = ["EndStatus", "Pane"]

_SHELL_FOR_ONE_WORD: Final = ("/bin/sh", "-c", 'exec "$0"')
_CONTROLS: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_FIRST_PAUSE: Final = 0.001
_LONGEST_PAUSE: Final = 0.05


@dataclass(frozen=True, slots=True)
class EndStatus:
    """How a process ended: the ``status`` it exited with, or the number of the ``signal`` that ended it.

    Both are None when tmux never said.
    """

    status: int | None
    signal: int | None


class Pane:
    """A pane of ours. Every method raises PaneGone when it is not there any more, TmuxUnavailable when tmux hangs."""

    def __init__(self, control: Control, pane: str) -> None:
        self.id = pane
        self._control = control
        self._pipe: str | None = None
        self._piped = False

    async def respawn(
        self,
        argv: Sequence[str],
        env: Mapping[str, str],
        cwd: Path,
        *,
        kill: bool = True,
        marks: Mapping[str, str] | None = None,
        deadline: float = DEADLINE,
    ) -> int:
        """Start ``argv``, no shell between, as the pane's own process, and return its pid.

        ``env`` is laid over the session's environment. What still runs in the pane gets SIGHUP and is replaced; with
        ``kill=False`` it is refused instead. ``marks`` (see :meth:`mark`) are set just before, all in one round trip.
        A program that is not there ends with status 1.
        """
        variables = [word for name, value in env.items() for word in ("-e", f"{name}={value}")]
        program = argv if len(argv) > 1 else [*_SHELL_FOR_ONE_WORD, *argv]  # tmux gives one word alone to a shell
        where = ["-t", self.id, "-c", format_text(str(cwd))]
        respawn = ["respawn-pane", *(["-k"] if kill else []), *where, *variables, "--", *program]
        look = ("display-message", "-p", "-t", self.id, "#{pane_pid} #{pane_pipe}")
        *_, [seen] = await self._control.commands(
            *self._marking(marks or {}), respawn, *self._piping(), look, deadline=deadline
        )
        pid, piped = seen.split(" ")
        self._piped = piped == "1"  # one whose program has ended is opened again by the next start
        return int(pid)

    async def capture(self, history: int = 0) -> str:
        """The visible screen as text, its lines ended by newlines, with ``history`` lines scrolled out above it."""
        start = ["-S", str(-history)] if history else []
        return "\n".join(await self._control.content("capture-pane", "-p", *start, "-t", self.id))

    async def paste(self, text: str) -> None:
        """Enter ``text`` as a terminal pastes: bracketed where the program asks for it, newlines as carriage returns.

        Control characters but newline and tab would be keys, and could end the bracket: they become ``U+FFFD``.
        """
        clean = _CONTROLS.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))
        buffer = f"orchestratord-{uuid.uuid4().hex}"
        try:
            await self._control.commands(
                ("set-buffer", "-b", buffer, "--", clean),
                ("paste-buffer", "-p", "-d", "-b", buffer, "-t", self.id),
            )
        except CommandFailed:
            with suppress(TmuxUnavailable):
                await self._control.command("delete-buffer", "-b", buffer)
            raise

    async def keys(self, *names: str) -> None:
        """Press keys by tmux's names (``C-c``, ``Enter``). A human who scrolls in the pane is taken out of it first."""
        await self._control.commands(("copy-mode", "-q", "-t", self.id), ("send-keys", "-t", self.id, "--", *names))

    async def type_literal(self, text: str) -> None:
        """Type ``text`` character by character, none of it a key's name."""
        await self._control.commands(("copy-mode", "-q", "-t", self.id), ("send-keys", "-l", "-t", self.id, "--", text))

    async def facts(self) -> PaneFacts:
        """How the pane is now."""
        facts = await facts_of(self._control, self.id)
        if facts is None:
            raise PaneGone(f"the pane {self.id} is gone")
        return facts

    async def last_key_at(self) -> float | None:
        """When a human last pressed a key in the session (Unix seconds, whole ones); None while none is attached."""
        words = ("-t", f"={self._control.session}", "-F", "#{client_control_mode} #{client_activity}")
        lines = await self._control.command("list-clients", *words)
        pressed = [float(line.split(" ")[1]) for line in lines if line.startswith("0 ")]
        return max(pressed, default=None)

    async def end_status(self, pid: int, *, deadline: float = 2.0) -> EndStatus:
        """How the process ``pid`` of this pane ended; it must have ended already, by other evidence.

        tmux misses some of the signals that a child has ended, and the status may come a moment after the end: it is
        nudged at the first look, and asked until it tells or ``deadline`` seconds are over. Then both fields are None,
        as they are when another process runs in the pane by now.
        """
        try:
            async with asyncio.timeout(deadline):
                pause = _FIRST_PAUSE
                while True:
                    facts = await self.facts()
                    if facts.pid != pid:
                        return EndStatus(None, None)
                    if facts.exit_status is not None or facts.exit_signal is not None:
                        return EndStatus(facts.exit_status, facts.exit_signal)
                    self._control.nudge()
                    await asyncio.sleep(pause)
                    pause = min(pause * 2, _LONGEST_PAUSE)
        except (TimeoutError, TmuxUnavailable):
            return EndStatus(None, None)

    async def mark(self, **marks: str) -> None:
        """Write marks (``cluster``, ``agent``, ``launch``) into the pane's own options; they last as long as it."""
        await self._control.commands(*self._marking(marks))

    async def pipe(self, command: str | None) -> None:
        """Feed all that the pane shows to a shell command, from its first byte on and through restarts; None ends it.

        Where nothing runs yet it begins with the next :meth:`respawn` of this object. A pipe that is open stays as it
        is: to exchange one loses bytes.
        """
        self._pipe = command
        [seen] = await self._control.command(
            "display-message", "-p", "-t", self.id, "#{pane_id} #{pane_pipe} #{pane_dead}"
        )
        pane, piped, dead = seen.split(" ")
        if pane != self.id:
            raise PaneGone(f"the pane {self.id} is gone")
        self._piped = piped == "1"
        if command is None:
            await self._control.command("pipe-pane", "-t", self.id)
            self._piped = False
        elif dead != "1" and not self._piped:
            await self._control.commands(*self._piping())
            self._piped = True

    async def close(self) -> None:
        """Remove the pane and end what runs in it."""
        await self._control.command("kill-pane", "-t", self.id)

    def _marking(self, marks: Mapping[str, str]) -> list[tuple[str, ...]]:
        return [("set-option", "-p", "-t", self.id, f"@orchestratord_{name}", value) for name, value in marks.items()]

    def _piping(self) -> list[tuple[str, ...]]:
        if self._pipe is None or self._piped:
            return []
        return [("pipe-pane", "-O", "-t", self.id, timed_format_text(self._pipe))]
