"""A daemon whose agents are real Claude Codes, all of it in a network of loopback alone."""

import os
from pathlib import Path

from tests.agents import claude_home, installer
from tests.agents.offline import OfflineNetwork, StubApi, empty_environment
from tests.running import RunningDaemon
from tests.wait import PATIENCE, until

__all__ = ["ClaudeCluster"]


class ClaudeCluster(RunningDaemon):
    """A daemon in the offline network, its agents not started."""

    def __init__(
        self, folder: Path, port: int, claude: Path, network: OfflineNetwork, api: StubApi, *names: str
    ) -> None:
        work = folder / "work"
        work.mkdir()
        self.home = folder / "home"
        claude_home.furnish(self.home, installer.CLAUDE, work)
        (folder / "personality.txt").write_text("あなたはオーケストラの一員です。You are one of the orchestra.")
        agent = {
            "provider": "claude",
            "work_dir": str(work),
            "personality_prompt_path": "personality.txt",
            "env": claude_home.environment(self.home, api.url),
        }
        super().__init__(folder, port, [{"name": name, "role": name, **agent} for name in names])
        own = {name: value for name, value in self.environment.items() if name.startswith("ORCHESTRATOR_")}
        path = f"{claude.parent}:{os.environ['PATH']}"
        self.environment = {**empty_environment(), **own, "PATH": path, "HOME": str(self.home)}
        self.command = network.enter(*self.command)

    def screen(self, agent: str) -> str:
        """What the pane shows; the prompt box has a no-break space behind its sign."""
        return super().screen(agent).replace("\xa0", " ")

    def answer(self, agent: str, prompt: str, reply: str) -> None:
        """Type a prompt by hand and wait until the answer stands in the pane and the agent is idle again."""
        pane = self.agents()[agent]["pane"]
        self.tmux("send-keys", "-t", pane, "-l", prompt)
        until(lambda: f"❯ {prompt}" in self.screen(agent), what=f"{prompt!r} in the box")
        self.tmux("send-keys", "-t", pane, "Enter")
        until(lambda: f"● {reply}" in self.screen(agent), within=2 * PATIENCE, what=f"{reply!r} on the screen")
        self.wait_for("idle", agent)

    def transcript(self, session: str) -> str:
        """What is on disk of a conversation; the CLI writes it a moment after its hooks."""
        return "".join(path.read_text() for path in self.home.glob(f".claude/projects/*/{session}.jsonl"))
