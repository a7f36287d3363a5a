"""Claude Code in a pane: prompt and hooks in files, a session id of our own, resumed after a crash. As of 2.1.197."""

import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import JsonValue

from orchestratord.config.agent import AgentConfig
from orchestratord.providers import (
    claude_dialogs,
    claude_endings,
    claude_hooks,
    claude_screen,
    claude_telemetry,
    own_tools,
)
from orchestratord.providers.base import (
    Composer,
    Dialog,
    ExitCause,
    Launch,
    LaunchPlace,
    Reading,
    Step,
    pane_environment,
)
from orchestratord.providers.program import find_program

__all__ = ["ClaudeProvider"]


class ClaudeProvider:
    """Activity comes from its hooks; the screen adds dialogs, limits, and the turn that was cancelled."""

    name = "claude"
    ready_deadline = 60.0
    hooks_tell = True
    resumable = True
    submit_key = "Enter"
    # SIGINT ends it cleanly in every state, while keys may answer a dialog that has just come up.
    quit_steps: tuple[Step, ...] = ()

    def prepare(self, agent: AgentConfig, place: LaunchPlace) -> Launch:
        """With a new session, or the one that ``place.resume`` names."""
        session = place.resume or str(uuid.uuid4())
        settings = place.directory / "settings.json"
        tools = place.directory / "mcp.json"
        files: dict[Path, str] = {
            settings: claude_hooks.settings(place.python, allowed=[f"mcp__{own_tools.SERVER}"]),
            tools: own_tools.mcp_config(place),
        }
        # Beside the servers of the user and the project, which are theirs to choose: so not strictly ours.
        words = [*self._program(agent, place), "--mcp-config", str(tools), "--settings", str(settings)]
        words += ["--resume" if place.resume else "--session-id", session, "-n", agent.name]
        if place.personality:
            prompt = place.directory / "personality.txt"
            files[prompt] = place.personality
            words += ["--append-system-prompt-file", str(prompt)]
        return Launch(
            argv=(*words, *agent.args),
            env=self._environment(agent, place),
            files=files,
            session_id=session,
        )

    def _program(self, agent: AgentConfig, place: LaunchPlace) -> list[str]:
        hint = "Install it with: npm install -g @anthropic-ai/claude-code"
        return [find_program("claude", agent.env, place.work_dir, hint=hint)]

    def _environment(self, agent: AgentConfig, place: LaunchPlace) -> dict[str, str]:
        return {**claude_telemetry.environment(agent, place), **pane_environment(agent, place)}

    def read_hook(self, payload: Mapping[str, Any], now: float) -> Reading | None:
        """What a hook's JSON tells."""
        return claude_hooks.read_hook(payload, now)

    def read_screen(self, screen: str, title: str, now: float) -> Reading | None:
        """What the bottom of the screen and the title tell."""
        return claude_screen.read_screen(screen, title, now)

    def read_composer(self, screen: str) -> Composer | None:
        """What stands between the two rules of the prompt box."""
        return claude_screen.read_composer(screen)

    def approve_keys(self, dialog: Dialog) -> tuple[str, ...]:
        """By the digit of its option."""
        return claude_dialogs.approve_keys(dialog)

    def deny_keys(self, dialog: Dialog) -> tuple[str, ...]:
        """Likewise, or Esc where no turn is under way."""
        return claude_dialogs.deny_keys(dialog)

    def asked_tool(self, payload: Mapping[str, Any]) -> str | None:
        """Of a PermissionRequest."""
        return claude_dialogs.asked_tool(payload)

    def hook_answer(self, *, allow: bool) -> Mapping[str, JsonValue]:
        """A PermissionRequest hook's decision."""
        return claude_dialogs.hook_answer(allow=allow)

    def classify_exit(self, status: int | None, signal: int | None, screen: str) -> ExitCause:
        """By its last words, its status and the signal."""
        return claude_endings.classify_exit(status, signal, screen)
