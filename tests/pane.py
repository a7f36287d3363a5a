"""One program in one tmux pane, driven as a human would and read as its provider reads it; no daemon."""

import os
import re
import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from orchestratord.providers.base import Activity, Provider, Reading
from tests.wait import PATIENCE, until

T = TypeVar("T")


class Pane:
    """At first with nothing in it. ``through`` is put before the command that starts the tmux server."""

    def __init__(
        self, tmux_socket: Path, provider: Provider, environment: Mapping[str, str], through: Sequence[str] = ()
    ) -> None:
        self.provider = provider
        self._tmux = ["tmux", "-S", str(tmux_socket), "-f", "/dev/null"]
        new = [*through, *self._tmux, "new-session", "-d", "-x", "120", "-y", "40", "sleep", "infinity"]
        subprocess.run(new, env={**environment, "LC_ALL": "C.UTF-8"}, check=True, timeout=30)
        self.tmux("set", "-g", "remain-on-exit", "on")

    def tmux(self, *words: str, **options: Any) -> str:
        """A tmux command at the pane's server."""
        done = subprocess.run([*self._tmux, *words], capture_output=True, text=True, timeout=30, check=True, **options)
        return str(done.stdout)

    def respawn(self, command: str, folder: Path) -> None:
        """Put a program into the pane, whatever is in it."""
        self.tmux("respawn-pane", "-k", "-c", str(folder), f"exec {command}")

    def keys(self, *names: str) -> None:
        self.tmux("send-keys", *names)

    def type(self, text: str) -> None:
        """As a hand does: the text is seen before Enter is pressed."""
        self.tmux("send-keys", "-l", text)
        self.until(lambda: f"❯ {text}" in self.screen(), f"{text!r} in the box")
        self.keys("Enter")

    def paste(self, text: str, *options: str) -> None:
        self.tmux("load-buffer", "-", input=text)
        self.tmux("paste-buffer", *options)

    def screen(self) -> str:
        """What the pane shows; the prompt box has a no-break space behind its sign."""
        return self.tmux("capture-pane", "-p", "-J").replace("\xa0", " ")

    def with_history(self) -> str:
        """The same with what has scrolled out of sight."""
        return self.tmux("capture-pane", "-p", "-S", "-100")

    def title(self) -> str:
        return self.tmux("display-message", "-p", "#{pane_title}").strip()

    def reading(self) -> Reading | None:
        """What the provider reads from the pane."""
        return self.provider.read_screen(self.screen(), self.title(), 0.0)

    def wait_for(self, activity: Activity) -> Reading:
        """Wait until the screen is read so."""

        def look() -> Reading | None:
            reading = self.reading()
            return reading if reading is not None and reading.activity is activity else None

        found = self.until(look, f"{activity} on the screen")
        assert found is not None
        return found

    @property
    def pid(self) -> int:
        return int(self.tmux("display-message", "-p", "#{pane_pid}"))

    def signal(self, number: signal.Signals) -> None:
        os.kill(self.pid, number)

    def ended(self) -> tuple[int | None, int | None]:
        """Wait for its end: the exit status or the signal."""

        def look() -> re.Match[str] | None:
            os.kill(int(self.tmux("display-message", "-p", "#{pid}")), signal.SIGCHLD)  # tmux 3.3a misses some
            said = self.tmux("display-message", "-p", "#{pane_dead} #{pane_dead_status} #{pane_dead_signal}")
            return re.fullmatch(r"1 (?:(\d+) | (\d+))\n", said)

        found = self.until(look, "the end")
        assert found is not None
        status, number = (int(text) if text else None for text in found.groups())
        return status, number

    def until(self, look: Callable[[], T], what: str) -> T:
        """Wait, and show the pane where it was in vain."""
        try:
            return until(look, within=2 * PATIENCE, what=what)
        except AssertionError as error:
            error.add_note(self.with_history().strip())
            raise
