"""Where a tmux server is found, and the surroundings in which it is called."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Place"]


@dataclass(frozen=True, slots=True)
class Place:
    """A tmux server by its socket's path (``tmux -S``) or name (``tmux -L``); with neither, the user's default one."""

    path: Path | None = None
    name: str | None = None

    @property
    def own(self) -> bool:
        """Whether the server is ours alone, so that no user's configuration has a place in it."""
        return self.path is not None or self.name is not None

    def argv(self) -> list[str]:
        """How every tmux command begins; ``-u``: whatever the locale says, text is UTF-8."""
        return ["tmux", "-u", *self.server_options()]

    def server_options(self) -> list[str]:
        """The options that choose the server and, should it have to be started, its configuration."""
        if self.path is not None:
            return ["-S", str(self.path), "-f", os.devnull]
        if self.name is not None:
            return ["-L", self.name, "-f", os.devnull]
        return []

    @staticmethod
    def environment(environ: Mapping[str, str] = os.environ) -> dict[str, str]:
        """The environment of tmux's own processes: UTF-8, without which other text turns into ``_``, and not nested."""
        kept = {key: value for key, value in environ.items() if key not in {"TMUX", "TMUX_PANE", "LC_ALL", "LC_CTYPE"}}
        return {**kept, "LC_ALL": "C.UTF-8"}
