"""The stand-in in a real tmux pane, with hooks that write down what they are told."""

import json
import os
import re
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from orchestratord.providers.base import Activity, Reading
from orchestratord.providers.standin import StandInProvider
from tests.wait import until

HOOKS = (
    "SessionStart", "UserPromptSubmit", "PreToolUse", "PermissionRequest", "PostToolUse", "Stop", "StopFailure",
    "SessionEnd",
)  # fmt: skip


class Standin:
    """One pane, at first with nothing in it."""

    def __init__(self, folder: Path, tmux_socket: Path) -> None:
        self.folder = folder
        self.settings = folder / "settings.json"
        self._hooks = folder / "hooks.jsonl"
        self._tmux = ["tmux", "-S", str(tmux_socket), "-f", "/dev/null"]
        environment = {**os.environ, "STANDIN_HOME": str(folder / "home"), "LC_ALL": "C.UTF-8"}
        new = [*self._tmux, "new-session", "-d", "-x", "100", "-y", "40", "-c", str(folder), "sleep", "infinity"]
        subprocess.run(new, env=environment, check=True, timeout=30)
        self.tmux("set", "-g", "remain-on-exit", "on")
        self.answer_hooks_with(dict.fromkeys(HOOKS, ""))

    def answer_hooks_with(self, answers: dict[str, str]) -> None:
        """Write the settings: each hook notes its JSON and then says its answer."""
        note = f"cat >> {self._hooks}; echo >> {self._hooks}; printf %s "
        hooks = {
            event: [{"hooks": [{"type": "command", "command": note + shlex.quote(answer)}]}]
            for event, answer in answers.items()
        }
        self.settings.write_text(json.dumps({"hooks": hooks}))

    def tmux(self, *words: str, **options: Any) -> str:
        done = subprocess.run([*self._tmux, *words], capture_output=True, text=True, timeout=30, check=True, **options)
        return str(done.stdout)

    def start(self, *words: str, first: str = "") -> None:
        """Put it into the pane without waiting for anything."""
        run = [sys.executable, "-I", "-m", "orchestratord.standin", "--settings", str(self.settings), *words]
        self.tmux("respawn-pane", "-k", "-c", str(self.folder), "-e", f"STANDIN_START={first}", shlex.join(run))

    def ready(self, *words: str) -> None:
        """Put it into the pane and wait until it takes input."""
        self.start(*words)
        self.wait_for(Activity.IDLE)

    def keys(self, *names: str) -> None:
        self.tmux("send-keys", *names)

    def type(self, text: str) -> None:
        """As a hand does: the text is seen before Enter is pressed."""
        self.tmux("send-keys", "-l", text)
        until(lambda: f"❯ {text}" in self.screen())
        self.keys("Enter")

    def paste(self, text: str, *options: str) -> None:
        self.tmux("load-buffer", "-", input=text)
        self.tmux("paste-buffer", *options)

    def ask(self, prompt: str) -> str:
        """Type a prompt and wait for the end of its turn; the reply."""
        before = len(self.told("Stop"))
        self.type(prompt)
        return str(
            until(lambda: self.told("Stop")[before:], what=f"the end of {prompt!r}")[0]["last_assistant_message"]
        )

    def screen(self) -> str:
        """What the pane shows; the prompt box has a no-break space behind its sign, like the real one's."""
        return self.tmux("capture-pane", "-p", "-J").replace("\xa0", " ")

    def reading(self) -> Reading | None:
        """What the real provider reads from the pane."""
        title = self.tmux("display-message", "-p", "#{pane_title}").strip()
        return StandInProvider().read_screen(self.screen(), title, 0.0)

    def wait_for(self, activity: Activity) -> Reading:
        def look() -> Reading | None:
            reading = self.reading()
            return reading if reading is not None and reading.activity is activity else None

        return until(look, what=f"{activity} on the screen") or Reading(activity, "")

    def told(self, event: str = "") -> list[dict[str, Any]]:
        """What the hooks were told, oldest first."""
        if not self._hooks.exists():
            return []
        lines = self._hooks.read_text().split("\n")
        hooks: list[dict[str, Any]] = [json.loads(line) for line in lines if line.endswith("}")]
        return [hook for hook in hooks if event in {"", hook["hook_event_name"]}]

    def events(self) -> list[str]:
        return [hook["hook_event_name"] for hook in self.told()]

    @property
    def pid(self) -> int:
        return int(self.tmux("display-message", "-p", "#{pane_pid}"))

    def signal(self, number: signal.Signals) -> None:
        os.kill(self.pid, number)

    def ended(self) -> int:
        """Wait for its end; the exit status, or the signal's number below zero."""

        def look() -> re.Match[str] | None:
            server = int(self.tmux("display-message", "-p", "#{pid}"))
            os.kill(server, signal.SIGCHLD)  # tmux 3.3a misses some of them
            said = self.tmux("display-message", "-p", "#{pane_dead} #{pane_dead_status} #{pane_dead_signal}")
            return re.fullmatch(r"1 (\d*) (\d*)\n", said) if re.search(r"\d.*\d", said) else None

        found = until(look, what="the end")
        assert found is not None
        return int(found[1]) if found[1] else -int(found[2])


@pytest.fixture
def standin(place: Path, tmux_socket: Path) -> Iterator[Standin]:
    pane = Standin(place, tmux_socket)
    yield pane
    pane.tmux("kill-server")
