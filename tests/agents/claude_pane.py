"""Claude Code in a tmux pane as its provider starts it, without a daemon: its hooks end up in the spool."""

import os
import re
import shlex
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from orchestratord.config.agent import AgentConfig
from orchestratord.providers.base import Activity, ExitCause, LaunchPlace, Reading
from orchestratord.providers.claude import ClaudeProvider
from orchestratord.providers.spool import take_spooled
from tests.agents import claude_home, installer
from tests.agents.offline import OfflineNetwork, StubApi, empty_environment
from tests.wait import PATIENCE, until

T = TypeVar("T")

STARTING = 2 * PATIENCE


class ClaudePane:
    """One pane; ``start`` may be called again and again."""

    def __init__(self, folder: Path, tmux_socket: Path, program: Path, network: OfflineNetwork, api: StubApi) -> None:
        self.work = folder / "work"
        self.work.mkdir()
        self.provider = ClaudeProvider()
        self.session = ""
        self.environment = {
            **empty_environment(),
            **claude_home.environment(folder / "home", api.url),
            "PATH": f"{program.parent}:{os.environ['PATH']}",
            "LC_ALL": "C.UTF-8",
        }
        self._folder = folder
        self._spool = folder / "spool"
        self._heard: list[Reading] = []
        claude_home.furnish(folder / "home", installer.CLAUDE, self.work)
        self._tmux = ["tmux", "-S", str(tmux_socket), "-f", "/dev/null"]
        new = [*self._tmux, "new-session", "-d", "-x", "120", "-y", "40", "sleep", "infinity"]
        subprocess.run(network.enter(*new), env=self.environment, check=True, timeout=30)
        self.tmux("set", "-g", "remain-on-exit", "on")

    def start(self, *, resume: str = "", personality: str = "", work: Path | None = None, **env: str) -> None:
        """Start it as the daemon would, with ``env`` added; an empty value takes a variable away."""
        agent = AgentConfig.model_validate({"name": "anna", "env": {"PATH": self.environment["PATH"], **env}})
        place = LaunchPlace(
            directory=self._folder / "anna",
            socket=self._folder / "nobody.sock",
            spool=self._spool,
            python=sys.executable,
            work_dir=work or self.work,
            home=self._folder / "home",
            launch_id="launch-1",
            resume=resume or None,
            personality=personality,
        )
        launch = self.provider.prepare(agent, place)
        for path, text in launch.files.items():
            path.parent.mkdir(exist_ok=True)
            path.write_text(text)
        self.session = launch.session_id or ""
        dropped = [f"-u{name}" for name in (*launch.drop_env, *(name for name, value in env.items() if not value))]
        given = [f"{name}={value}" for name, value in launch.env.items() if value]
        run = shlex.join(["env", *dropped, *given, *launch.argv])
        self.tmux("respawn-pane", "-k", "-c", str(work or self.work), f"exec {run}")

    def tmux(self, *words: str) -> str:
        return subprocess.run([*self._tmux, *words], capture_output=True, text=True, timeout=30, check=True).stdout

    def keys(self, *names: str) -> None:
        self.tmux("send-keys", *names)

    def type(self, text: str) -> None:
        """As a hand does: the text is seen before Enter is pressed."""
        self.tmux("send-keys", "-l", text)
        until(lambda: f"❯ {text}" in self.screen())
        self.keys("Enter")

    def screen(self) -> str:
        """What the pane shows; the prompt box has a no-break space behind its sign."""
        return self.tmux("capture-pane", "-p").replace("\xa0", " ")

    def reading(self) -> Reading | None:
        title = self.tmux("display-message", "-p", "#{pane_title}").strip()
        return self.provider.read_screen(self.screen(), title, 0.0)

    def wait_for(self, activity: Activity) -> Reading:
        """Wait until the screen is read so."""

        def look() -> Reading | None:
            reading = self.reading()
            return reading if reading is not None and reading.activity is activity else None

        found = self._until(look, f"{activity} on the screen")
        assert found is not None
        return found

    def _until(self, look: Callable[[], T], what: str) -> T:
        """Wait, and show the pane where it was in vain."""
        try:
            return until(look, within=STARTING, what=what)
        except AssertionError as error:
            error.add_note(self.tmux("capture-pane", "-p", "-S", "-50").strip())
            raise

    def heard(self) -> list[Reading]:
        """What the hooks told so far, oldest first."""
        readings = [self.provider.read_hook(report.payload, report.at) for report in take_spooled(self._spool)]
        self._heard += [reading for reading in readings if reading is not None]
        return self._heard

    def hear(self, why: str) -> Reading:
        """Wait for a hook, and forget it and all before it."""

        def look() -> list[Reading]:
            return [reading for reading in self.heard() if reading.why.startswith(f"hook {why}")]

        found = self._until(look, f"hook {why}")[0]
        del self._heard[: self._heard.index(found) + 1]
        return found

    def transcript(self) -> str:
        """What is on disk of the conversation; the CLI writes it a moment after its hooks."""
        return "".join(path.read_text() for path in self._folder.glob(f"home/.claude/projects/*/{self.session}.jsonl"))

    def signal(self, number: signal.Signals) -> None:
        os.kill(int(self.tmux("display-message", "-p", "#{pane_pid}")), number)

    def ended(self) -> tuple[int | None, int | None, ExitCause]:
        """Wait for its end: exit status, signal, and the cause as its provider reads it."""

        def look() -> re.Match[str] | None:
            os.kill(int(self.tmux("display-message", "-p", "#{pid}")), signal.SIGCHLD)  # tmux 3.3a misses some
            said = self.tmux("display-message", "-p", "#{pane_dead} #{pane_dead_status} #{pane_dead_signal}")
            return re.fullmatch(r"1 (?:(\d+) |(?: )(\d+))\n", said)

        found = until(look, what="the end")
        assert found is not None
        status, number = (int(text) if text else None for text in found.groups())
        last_words = self.tmux("capture-pane", "-p", "-S", "-50")
        return status, number, self.provider.classify_exit(status, number, last_words)
