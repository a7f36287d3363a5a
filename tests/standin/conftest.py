"""The stand-in in a real tmux pane, with hooks that write down what they are told."""

import json
import os
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from orchestratord.providers.base import Activity
from orchestratord.providers.standin import StandInProvider
from tests.pane import Pane
from tests.wait import until

HOOKS = (
    "SessionStart", "UserPromptSubmit", "PreToolUse", "PermissionRequest", "PostToolUse", "Stop", "StopFailure",
    "SessionEnd",
)  # fmt: skip


class Standin(Pane):
    """One pane, at first with nothing in it."""

    def __init__(self, folder: Path, tmux_socket: Path) -> None:
        self.folder = folder
        self.settings = folder / "settings.json"
        self._hooks = folder / "hooks.jsonl"
        super().__init__(tmux_socket, StandInProvider(), {**os.environ, "STANDIN_HOME": str(folder / "home")})
        self.answer_hooks_with(dict.fromkeys(HOOKS, ""))

    def answer_hooks_with(self, answers: dict[str, str]) -> None:
        """Write the settings: each hook notes its JSON and then says its answer."""
        note = f"cat >> {self._hooks}; echo >> {self._hooks}; printf %s "
        hooks = {
            event: [{"hooks": [{"type": "command", "command": note + shlex.quote(answer)}]}]
            for event, answer in answers.items()
        }
        self.settings.write_text(json.dumps({"hooks": hooks}))

    def start(self, *words: str, first: str = "") -> None:
        """Put it into the pane without waiting for anything."""
        run = [sys.executable, "-I", "-m", "orchestratord.standin", "--settings", str(self.settings), *words]
        self.respawn(shlex.join(["env", f"STANDIN_START={first}", *run]), self.folder)

    def ready(self, *words: str) -> None:
        """Put it into the pane and wait until it takes input."""
        self.start(*words)
        self.wait_for(Activity.IDLE)

    def ask(self, prompt: str) -> str:
        """Type a prompt and wait for the end of its turn; the reply."""
        before = len(self.told("Stop"))
        self.type(prompt)
        return str(
            until(lambda: self.told("Stop")[before:], what=f"the end of {prompt!r}")[0]["last_assistant_message"]
        )

    def told(self, event: str = "") -> list[dict[str, Any]]:
        """What the hooks were told, oldest first."""
        if not self._hooks.exists():
            return []
        lines = self._hooks.read_text().split("\n")
        hooks: list[dict[str, Any]] = [json.loads(line) for line in lines if line.endswith("}")]
        return [hook for hook in hooks if event in {"", hook["hook_event_name"]}]

    def events(self) -> list[str]:
        return [hook["hook_event_name"] for hook in self.told()]


@pytest.fixture
def standin(place: Path, tmux_socket: Path) -> Iterator[Standin]:
    pane = Standin(place, tmux_socket)
    yield pane
    pane.tmux("kill-server")
