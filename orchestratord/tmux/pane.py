"""One pane: the agent's process is its own process, never something typed into a shell."""

import asyncio
import itertools
import os
import shlex
import signal
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from orchestratord.tmux.control import Control
from orchestratord.tmux.facts import FORMAT, MARK_AGENT, MARK_CLUSTER, MARK_LAUNCH, PaneFacts
from orchestratord.tmux.failures import PaneGone

__all__ = ["Pane"]

_buffers = itertools.count(1)

_STATUS_LOOKS: Final = (0.0, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0)
"""Seconds before each look for an exit status: tmux knows it soon after the process is gone, seldom at once."""


class Pane:
    """A pane by its ``%id``, which tmux never gives twice."""

    def __init__(self, control: Control, pane: str) -> None:
        self._control = control
        self.id = pane

    async def respawn(
        self, argv: Sequence[str], *, env: Mapping[str, str], drop: Sequence[str] = (), cwd: Path, launch: str = ""
    ) -> None:
        """Put a new process into the pane, ending the one that is there; one round trip.

        ``argv`` is executed as it is, without a shell. ``env`` is added to tmux's environment for the session, ``drop``
        taken out of it. ``launch`` becomes the pane's mark. Raises PaneGone.
        """
        settings = [word for name, value in env.items() for word in ("-e", f"{name}={value}")]
        # A command of one word would be given to a shell; env(1) makes it two, and takes variables away.
        program = ["/usr/bin/env", *(word for name in drop for word in ("-u", name)), *argv] if drop else list(argv)
        if len(program) == 1:
            program = ["/usr/bin/env", *program]
        await asyncio.gather(
            self._control.command("set-option", "-p", "-t", self.id, MARK_LAUNCH, launch),
            self._control.command("respawn-pane", "-k", "-t", self.id, "-c", str(cwd), *settings, "--", *program),
        )

    async def facts(self) -> PaneFacts:
        """How it is now. Raises PaneGone: asked about a pane that is not there, tmux tells of another one."""
        for line in await self._control.command("display-message", "-p", "-t", self.id, FORMAT):
            if line.startswith(f"{self.id}\t"):
                return PaneFacts.read(line)
        raise PaneGone(f"tmux has no pane {self.id}")

    async def end_status(self, pid: int) -> tuple[int | None, int | None]:
        """Exit status and signal of the process that has just ended in it; (None, None) when tmux will not say.

        tmux 3.3 loses a SIGCHLD now and then and would take the process for alive for ever: it is reminded by one more.
        """
        for pause in _STATUS_LOOKS:
            if pause:
                await asyncio.sleep(pause)
            facts = await self.facts()
            if facts.pid != pid:
                return None, None
            if facts.exit_status is not None or facts.exit_signal is not None:
                return facts.exit_status, facts.exit_signal
            (server,) = await self._control.command("display-message", "-p", "#{pid}")
            os.kill(int(server), signal.SIGCHLD)
        return None, None

    async def capture(self, history: int = 0) -> str:
        """What it shows, lines joined where it only wrapped them; with so many lines from above the screen."""
        above = ["-S", f"-{history}"] if history else []
        return "\n".join(await self._control.command("capture-pane", "-p", "-J", "-t", self.id, *above))

    async def paste(self, text: str) -> None:
        """Paste, bracketed where the program asked for it, through a buffer of our own."""
        buffer = f"orchestratord-{os.getpid()}-{next(_buffers)}"
        await asyncio.gather(
            self._control.command("set-buffer", "-b", buffer, "--", text),
            self._control.command("paste-buffer", "-d", "-p", "-r", "-b", buffer, "-t", self.id),
        )

    async def keys(self, *names: str) -> None:
        """Press keys by tmux's names (``Enter``, ``C-c``)."""
        await self._control.command("send-keys", "-t", self.id, "--", *names)

    async def type_literal(self, text: str) -> None:
        """Type the text key by key, as a human would."""
        await self._control.command("send-keys", "-l", "-t", self.id, "--", text)

    async def mark(self, *, cluster: str, agent: str) -> None:
        """Write whose pane it is, where a later daemon finds it."""
        await asyncio.gather(
            self._control.command("set-option", "-p", "-t", self.id, MARK_CLUSTER, cluster),
            self._control.command("set-option", "-p", "-t", self.id, MARK_AGENT, agent),
        )

    async def pipe(self, argv: Sequence[str]) -> None:
        """Give everything it prints to this program, too; does nothing where a pipe is open already."""
        await self._control.command("pipe-pane", "-o", "-t", self.id, shlex.join(["exec", *argv]))

    async def close(self) -> None:
        """Remove it, with whatever runs in it. Raises PaneGone."""
        await self._control.command("kill-pane", "-t", self.id)
