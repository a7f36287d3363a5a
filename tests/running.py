"""A real daemon as a process of its own, and the client that talks to it."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.wait import until

CONTROL = Path(sys.executable).with_name("orchestratorctl")


def standins(*names: str, **more: Any) -> list[dict[str, Any]]:
    """Agents of a configuration, all of them stand-ins."""
    return [{"name": name, "role": name, "provider": "standin", **more} for name in names]


class RunningDaemon:
    """Everything of the daemon below one folder: configuration, state, socket, tmux server, port."""

    def __init__(self, folder: Path, port: int, agents: Sequence[Mapping[str, Any]], **sections: Any) -> None:
        self.folder = folder
        self.port = port
        self.socket = folder / "ctl.sock"
        self.tmux_socket = folder / "tmux.sock"
        self.configuration = folder / "cluster.yaml"
        self.output = folder / "daemon.out"
        self.command = [sys.executable, "-m", "orchestratord"]
        self.process: subprocess.Popen[bytes] | None = None
        self.environment = {
            **os.environ,
            "ORCHESTRATOR_CONFIG_PATH": str(self.configuration),
            "ORCHESTRATOR_STATE_DIR": str(folder / "state"),
            "ORCHESTRATOR_LOG_DIR": str(folder / "logs"),
            "ORCHESTRATOR_SOCKET": str(self.socket),
            "ORCHESTRATOR_TMUX_SOCKET": str(self.tmux_socket),
        }
        self.configure(agents, **sections)

    def configure(self, agents: Sequence[Mapping[str, Any]], **sections: Any) -> None:
        """Write the configuration (JSON is YAML)."""
        document = {
            "cluster": {"name": "test", "session_name": "test", "work_dir": str(self.folder)},
            "agents": list(agents),
            "http": {"port": self.port},
            **sections,
        }
        self.configuration.write_text(json.dumps(document, indent=1))

    def start(self) -> None:
        """Start the daemon and wait until its socket answers."""
        with self.output.open("ab") as output:
            self.process = subprocess.Popen(
                self.command,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )
        until(self._answers, what="the daemon's answer")

    def _answers(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, f"the daemon ended: {self.said()}"
        return self.run("version").returncode == 0

    def said(self) -> str:
        """What the daemon wrote to its standard output and error."""
        return self.output.read_text(errors="replace") if self.output.exists() else ""

    def run(self, *words: str, **options: Any) -> "subprocess.CompletedProcess[str]":
        """Run the client and return however it ended."""
        settings = {"capture_output": True, "text": True, "timeout": 120, "stdin": subprocess.DEVNULL, **options}
        return subprocess.run([CONTROL, *words], env=self.environment, check=False, **settings)

    def ctl(self, *words: str) -> str:
        """Run the client, which must succeed, and return its standard output."""
        done = self.run(*words)
        assert done.returncode == 0, f"{words} ended with {done.returncode}: {done.stdout}{done.stderr}\n{self.said()}"
        return str(done.stdout)

    def status(self) -> Any:
        """The whole of `status -o json`, also while nothing runs (exit 3)."""
        done = self.run("status", "-o", "json")
        assert done.returncode in {0, 3}, f"{done.returncode}: {done.stdout}{done.stderr}\n{self.said()}"
        return json.loads(done.stdout)

    def agents(self) -> dict[str, Any]:
        """Every agent's row of the status by its name."""
        return {agent["name"]: agent for agent in self.status()["agents"]}

    def pids(self) -> dict[str, int]:
        """The pids of the agents that run."""
        return {name: agent["pid"] for name, agent in self.agents().items() if agent["running"]}

    def in_state(self, state: str, *names: str) -> bool:
        """Whether the named agents (all without a name) are in that state."""
        agents = self.agents()
        return all(agents[name]["state"] == state for name in names or agents)

    def wait_for(self, state: str, *names: str) -> None:
        """Wait until they are."""
        until(lambda: self.in_state(state, *names), what=f"{names or 'all'} in state {state}")

    def events(self, *words: str) -> list[dict[str, Any]]:
        """The journal's events as the client lists them, oldest first."""
        return [json.loads(line) for line in self.ctl("events", "-n", "1000", "-o", "jsonl", *words).splitlines()]

    def tmux(self, *words: str) -> str:
        """A tmux command at the daemon's server, by a human's hand."""
        argv = ["tmux", "-S", str(self.tmux_socket), *words]
        done = subprocess.run(argv, capture_output=True, text=True, check=False, timeout=30)
        assert done.returncode == 0, f"{words}: {done.stderr}"
        return done.stdout

    def type(self, agent: str, text: str) -> None:
        """Type a prompt into the agent's pane as a human would."""
        pane = self.agents()[agent]["pane"]
        self.tmux("send-keys", "-t", pane, "-l", text)
        self.tmux("send-keys", "-t", pane, "Enter")

    def screen(self, agent: str) -> str:
        """What the agent's pane shows."""
        return self.tmux("capture-pane", "-p", "-t", self.agents()[agent]["pane"])

    def end(self, how: signal.Signals = signal.SIGTERM) -> int:
        """Send the signal and wait for the end; the exit status."""
        assert self.process is not None
        self.process.send_signal(how)
        status = self.process.wait(60)
        self.process = None
        return status

    def clean(self) -> None:
        """End everything that is left of it."""
        if self.process is not None and self.process.poll() is None:
            self.run("shutdown", "--yes")
            self.end()
        argv = ["tmux", "-S", str(self.tmux_socket), "kill-server"]
        subprocess.run(argv, capture_output=True, check=False, timeout=30)
