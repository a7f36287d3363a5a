"""codex in a pane: hooks and personality on its command line, resumed after a crash. As of 0.169.0."""

import json
import re
from collections.abc import Mapping
from typing import Any, Final

from pydantic import JsonValue

from orchestratord.config.agent import AgentConfig
from orchestratord.providers import claude_dialogs, codex_hooks, codex_screen, own_tools
from orchestratord.providers.base import (
    Composer,
    Dialog,
    DialogKind,
    ExitCause,
    Launch,
    LaunchPlace,
    Reading,
    Step,
    pane_environment,
)
from orchestratord.providers.endings import classify_by_words
from orchestratord.providers.numbered import digit_of
from orchestratord.providers.program import find_program

__all__ = ["CodexProvider"]

_HINT: Final = "Install it with: npm install -g @openai/codex"
_LAST_WORDS: Final = (
    (re.compile(r"No saved session found"), ExitCause.SESSION_GONE),
    (re.compile(r"^error: ", re.MULTILINE), ExitCause.BAD_CONFIGURATION),
    (re.compile(r"Sign in with ChatGPT"), ExitCause.LOGIN),
)


class CodexProvider:
    """Activity comes from its hooks; the screen tells that it has started, and adds errors and cancelled turns.

    It names its session itself, with the first prompt.
    """

    name = "codex"
    ready_deadline = 60.0
    hooks_tell = True
    resumable = True
    submit_key = "Enter"
    # SIGINT ends it in every state, while Ctrl+C only ends the turn.
    quit_steps: tuple[Step, ...] = ()

    def prepare(self, agent: AgentConfig, place: LaunchPlace) -> Launch:
        """With a new session, or the one that ``place.resume`` names."""
        words = [find_program("codex", agent.env, place.work_dir, hint=_HINT)]
        if place.resume:
            words += ["resume", place.resume]
        # Inline, so that the pane's history holds the conversation; in one process tree, which a stop can end. Our
        # hooks are new to it with each start: without the last flag a human would have to review them.
        words += ["--no-alt-screen", "--no-daemon", "--dangerously-bypass-hook-trust"]
        for setting in self._settings(place):
            words += ["-c", setting]
        return Launch(argv=(*words, *agent.args), env=pane_environment(agent, place), session_id=place.resume)

    def _settings(self, place: LaunchPlace) -> list[str]:
        program, *arguments = own_tools.command(place)
        tools = f"mcp_servers.{own_tools.SERVER}"
        # A JSON string is a TOML string too.
        settings = [
            *codex_hooks.overrides(place.python),
            f"{tools}.command={json.dumps(program)}",
            f"{tools}.args={json.dumps(arguments)}",
            f'{tools}.default_tools_approval_mode="approve"',
        ]
        if place.personality:
            settings.append(f"developer_instructions={json.dumps(place.personality, ensure_ascii=False)}")
        return settings

    def read_hook(self, payload: Mapping[str, Any], now: float) -> Reading | None:
        """What a hook's JSON tells."""
        return codex_hooks.read_hook(payload, now)

    def read_screen(self, screen: str, title: str, now: float) -> Reading | None:
        """What the bottom of the screen and the title tell."""
        return codex_screen.read_screen(screen, title, now)

    def read_composer(self, screen: str) -> Composer | None:
        """What stands behind the last prompt sign."""
        return codex_screen.read_composer(screen)

    def approve_keys(self, dialog: Dialog) -> tuple[str, ...]:
        """The digit of its option."""
        return digit_of(dialog.text, "Yes") if dialog.kind is DialogKind.PERMISSION else ()

    def deny_keys(self, dialog: Dialog) -> tuple[str, ...]:
        """Likewise; it ends the turn too."""
        return digit_of(dialog.text, "No") if dialog.kind is DialogKind.PERMISSION else ()

    def asked_tool(self, payload: Mapping[str, Any]) -> str | None:
        """Of a PermissionRequest."""
        return claude_dialogs.asked_tool(payload)

    def hook_answer(self, *, allow: bool) -> Mapping[str, JsonValue]:
        """A PermissionRequest hook's decision, worded as Claude Code's."""
        return claude_dialogs.hook_answer(allow=allow)

    def classify_exit(self, status: int | None, signal: int | None, screen: str) -> ExitCause:
        """By its last words, its status and the signal."""
        return classify_by_words(status, signal, screen, _LAST_WORDS)
