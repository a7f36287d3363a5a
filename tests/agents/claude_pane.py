"""Claude Code in a tmux pane as its provider starts it, without a daemon: its hooks end up in the spool."""

import os
import shlex
import sys
from pathlib import Path

from orchestratord.config.agent import AgentConfig
from orchestratord.providers.base import ExitCause, LaunchPlace, Reading
from orchestratord.providers.claude import ClaudeProvider
from orchestratord.providers.spool import take_spooled
from tests.agents import claude_home, installer
from tests.agents.offline import OfflineNetwork, StubApi, empty_environment
from tests.pane import Pane


class ClaudePane(Pane):
    """One pane in the offline network; ``start`` may be called again and again."""

    def __init__(self, folder: Path, tmux_socket: Path, program: Path, network: OfflineNetwork, api: StubApi) -> None:
        self.work = folder / "work"
        self.work.mkdir()
        self.session = ""
        self._path = f"{program.parent}:{os.environ['PATH']}"
        self._folder = folder
        self._spool = folder / "spool"
        self._heard: list[Reading] = []
        claude_home.furnish(folder / "home", installer.CLAUDE, self.work)
        environment = {**empty_environment(), **claude_home.environment(folder / "home", api.url)}
        super().__init__(tmux_socket, ClaudeProvider(), environment, through=network.enter())

    def start(self, *, resume: str = "", personality: str = "", work: Path | None = None, **env: str) -> None:
        """Start it as the daemon would, with ``env`` added; an empty value takes a variable away."""
        folder = work or self.work
        agent = AgentConfig.model_validate({"name": "anna", "env": {"PATH": self._path, **env}})
        place = LaunchPlace(
            directory=self._folder / "anna",
            socket=self._folder / "nobody.sock",
            spool=self._spool,
            python=sys.executable,
            work_dir=folder,
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
        self.respawn(shlex.join(["env", *dropped, *given, *launch.argv]), folder)

    def heard(self) -> list[Reading]:
        """What the hooks told so far, oldest first."""
        readings = [self.provider.read_hook(report.payload, report.at) for report in take_spooled(self._spool)]
        self._heard += [reading for reading in readings if reading is not None]
        return self._heard

    def hear(self, hook: str) -> Reading:
        """Wait for a hook, and forget it and all before it."""

        def look() -> list[Reading]:
            return [reading for reading in self.heard() if reading.why.startswith(f"hook {hook}")]

        found = self.until(look, f"hook {hook}")[0]
        del self._heard[: self._heard.index(found) + 1]
        return found

    def transcript(self) -> str:
        """What is on disk of the conversation; the CLI writes it a moment after its hooks."""
        return "".join(path.read_text() for path in self._folder.glob(f"home/.claude/projects/*/{self.session}.jsonl"))

    def why_it_ended(self) -> ExitCause:
        """Wait for its end and ask its provider."""
        status, number = self.ended()
        return self.provider.classify_exit(status, number, self.with_history())
