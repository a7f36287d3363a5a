"""libtmux's server with a deadline for every command, since a tmux that hangs would hang its caller for ever."""

import subprocess
from typing import Final

import libtmux
from libtmux.common import tmux_cmd

from orchestratord.errors import TmuxUnavailable
from orchestratord.tmux.failures import NOT_INSTALLED
from orchestratord.tmux.place import Place

__all__ = ["BoundedServer"]

_DEADLINE: Final = 5.0


class _Done(tmux_cmd):
    """What libtmux expects a command to have become, without its way of running one."""

    def __init__(self, argv: list[str], done: "subprocess.CompletedProcess[str]") -> None:
        self.cmd = argv
        self.returncode = done.returncode
        self.stdout = done.stdout.removesuffix("\n").split("\n") if done.stdout else []
        self.stderr = [line for line in done.stderr.split("\n") if line]
        if "has-session" in argv and self.stderr and not self.stdout:
            self.stdout = [self.stderr[0]]


class BoundedServer(libtmux.Server):
    """A server whose commands are killed when their deadline passes. Blocks: use it in a thread."""

    def __init__(self, place: Place, *, deadline: float = _DEADLINE) -> None:
        super().__init__(socket_path=place.path, socket_name=place.name)
        self._place = place
        self._deadline = deadline

    def cmd(self, cmd: str, *args: object, target: str | int | None = None) -> tmux_cmd:
        """Run one tmux command. Raises TmuxUnavailable when it does not end in time or tmux is not installed."""
        to = [] if target is None else ["-t", str(target)]
        argv = [*self._place.argv(), cmd, *to, *(str(word) for word in args)]
        try:
            done = subprocess.run(
                argv,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                encoding="utf-8",
                errors="backslashreplace",
                timeout=self._deadline,
                env=self._place.environment(),
                start_new_session=True,
                check=False,
            )
        except FileNotFoundError:
            raise NOT_INSTALLED from None
        except subprocess.TimeoutExpired:
            raise TmuxUnavailable(
                f"tmux {cmd} did not end within {self._deadline:g} s",
                hint=f"See whether the server lives: {' '.join(self._place.argv())} ls",
            ) from None
        return _Done(argv, done)
