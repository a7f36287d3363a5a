"""Ours."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Self

from tests.wait import until


class Orchestratord:
    """The daemon with ``count`` agents of provider `command`, or of another provider when ``argv`` is empty."""

    name = "orchestratord"

    def __init__(self, folder: Path, argv: list[str], count: int) -> None:
        self._folder = folder
        self._count = count
        self._daemon: subprocess.Popen[bytes] | None = None
        agents = [
            {
                "name": f"agent{number}",
                "role": "worker",
                **({"provider": "command", "command": argv} if argv else {"provider": "standin"}),
                "restart": {"policy": "always", "backoff": "100ms", "burst": 1000, "stable_after": "1s"},
            }
            for number in range(count)
        ]
        cluster = {"name": "bench", "session_name": "bench", "work_dir": str(folder)}
        (folder / "cluster.yaml").write_text(json.dumps({"cluster": cluster, "agents": agents, "http": {"port": 0}}))
        self.environment = {
            **os.environ,
            "ORCHESTRATOR_CONFIG_PATH": str(folder / "cluster.yaml"),
            "ORCHESTRATOR_STATE_DIR": str(folder / "state"),
            "ORCHESTRATOR_LOG_DIR": str(folder / "logs"),
            "ORCHESTRATOR_SOCKET": str(folder / "ctl.sock"),
            "ORCHESTRATOR_TMUX_SOCKET": str(folder / "tmux.sock"),
        }

    def __enter__(self) -> Self:
        with (self._folder / "out").open("wb") as out:
            self._daemon = subprocess.Popen(
                [sys.executable, "-m", "orchestratord"], env=self.environment, stdout=out, stderr=out
            )
        until(lambda: self.control("version").returncode == 0, what="the daemon's answer")
        return self

    def control(self, *words: str) -> "subprocess.CompletedProcess[str]":
        """Run orchestratorctl."""
        argv = [str(Path(sys.executable).with_name("orchestratorctl")), *words]
        return subprocess.run(argv, env=self.environment, capture_output=True, text=True, check=False)

    def start(self) -> None:
        """All agents up, as `orchestratorctl start` does it."""
        done = self.control("start")
        assert done.returncode == 0, done.stderr

    def __exit__(self, *exception: object) -> None:
        self.control("shutdown", "--yes")
        if self._daemon is not None:
            self._daemon.terminate()
            self._daemon.wait(20)
        subprocess.run(["tmux", "-S", str(self._folder / "tmux.sock"), "kill-server"], capture_output=True, check=False)

    @property
    def pid(self) -> int:
        assert self._daemon is not None
        return self._daemon.pid

    def status_argv(self) -> tuple[list[str], dict[str, str]]:
        return [str(Path(sys.executable).with_name("orchestratorctl")), "status"], self.environment
