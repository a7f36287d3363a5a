"""libtmux with deadlines: a call to a server that hangs ends, and its program with it."""

import subprocess
from collections.abc import Mapping, Sequence
from typing import Final

from libtmux import Server
from libtmux.common import tmux_cmd

from orchestratord.errors import TmuxUnavailable
from orchestratord.tmux.errors import refusal
from orchestratord.tmux.place import Place

__all__ = ["BoundedServer"]

_DEADLINE: Final = 5.0


class _BoundedCommand(tmux_cmd):
    """A finished tmux program, as libtmux shows it. libtmux's own would wait for ever, in a thread nobody can end."""

    def __init__(self, argv: list[str], environment: Mapping[str, str], deadline: float) -> None:
        self.cmd = argv
        done = subprocess.run(
            argv,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=deadline,
            start_new_session=True,
            check=False,
        )
        self.returncode = done.returncode
        self.stdout = done.stdout.removesuffix("\n").split("\n") if done.stdout else []
        self.stderr = [line for line in done.stderr.split("\n") if line]


class BoundedServer(Server):
    """A libtmux server of which every command is over within ``deadline`` seconds. For threads, not for the loop."""

    def __init__(self, place: Place, *, deadline: float = _DEADLINE) -> None:
        super().__init__(socket_name=place.name, socket_path=place.path, config_file=place.configuration)
        self._environment = place.environment()
        self._deadline = deadline

    def cmd(self, cmd: str, *args: object, target: str | int | None = None) -> tmux_cmd:
        """Carry out one command.

        Raises:
            TmuxUnavailable: tmux is not installed, or did not answer in time.
        """
        words = [cmd, *(["-t", str(target)] if target is not None else []), *map(str, args)]
        try:
            return _BoundedCommand([*self._program(), *words], self._environment, self._deadline)
        except subprocess.TimeoutExpired:
            raise TmuxUnavailable(
                f"tmux {cmd}: no answer within {self._deadline:g} s", hint="Is the tmux server stopped or overloaded?"
            ) from None
        except OSError as error:
            hint = "Install tmux 3.3 or newer (apt install tmux)."
            raise TmuxUnavailable(f"cannot start tmux: {error}", hint=hint) from error

    def batch(self, commands: Sequence[Sequence[str]]) -> list[str]:
        """Carry out commands in one go, undisturbed by anything that happens meanwhile, and return what they print.

        The first that fails ends it. tmux takes at most 16 KiB in one go.

        Raises:
            CommandFailed: tmux refused one of them.
            TmuxUnavailable: as :meth:`cmd`.
        """
        words = [word for command in commands for word in (*map(_unseparated, command), ";")][:-1]
        done = self.cmd(words[0], *words[1:])
        if done.returncode:
            raise refusal(words[0], "; ".join(done.stderr))
        return done.stdout

    def _program(self) -> list[str]:
        where = ["-S", str(self.socket_path)] if self.socket_path else ["-L", self.socket_name]
        configuration = ["-f", self.config_file] if self.config_file else []
        return ["tmux", "-u", *(where if where[1] else []), *configuration]


def _unseparated(word: str) -> str:
    """Tmux takes a semicolon at the end of a word for the end of a command."""
    return f"{word[:-1]}\\;" if word.endswith(";") else word
