"""Which tmux server is meant, and how a tmux program is called to reach it."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from orchestratord.tmux.environment import for_server

__all__ = ["Place"]


@dataclass(frozen=True, slots=True)
class Place:
    """A tmux server by its socket's ``path`` (``-S``) or ``name`` (``-L``); with neither, the user's default one."""

    path: Path | None = None
    name: str | None = None

    def argv(self) -> list[str]:
        """The words before a tmux command, for a program or a person: ``["tmux", "-S", "/run/…/tmux.sock"]``."""
        if self.path is not None:
            return ["tmux", "-S", str(self.path)]
        return ["tmux", "-L", self.name] if self.name else ["tmux"]

    @property
    def configuration(self) -> str | None:
        """The file a server that we start reads: none on a socket of our own, the user's (None) on the default one."""
        return "/dev/null" if self.path or self.name else None

    def environment(self, environ: Mapping[str, str] | None = None) -> dict[str, str]:
        """The environment of every tmux program that we start; a server started by it hands it on to its panes."""
        return for_server(os.environ if environ is None else environ)
