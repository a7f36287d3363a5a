"""gemini in a pane: hooks in an extension, a session id of our own, resumed after a crash. As of 0.61.0."""

import re
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from pydantic import JsonValue

from orchestratord.config.agent import AgentConfig
from orchestratord.providers import gemini_hooks, gemini_screen
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

__all__ = ["GeminiProvider"]

_HINT: Final = "Install it with: npm install -g @google/gemini-cli"
_LAST_WORDS: Final = (
    (re.compile(r"Error resuming session"), ExitCause.SESSION_GONE),
    (re.compile(r"accept-raw-output-risk"), ExitCause.BAD_CONFIGURATION),  # the end of its help
    (re.compile(r"How would you like to authenticate"), ExitCause.LOGIN),
)
_YES: Final = {DialogKind.PERMISSION: "Allow", DialogKind.TRUST: "Trust"}
_NO: Final = {DialogKind.PERMISSION: "No", DialogKind.TRUST: "Don"}


class GeminiProvider:
    """Activity comes from its hooks; the screen tells that it has started, and adds errors and cancelled turns."""

    name = "gemini"
    ready_deadline = 60.0
    hooks_tell = True
    resumable = True
    submit_key = "Enter"
    # Neither SIGINT nor SIGTERM ends it. The first Ctrl+C of a pair may only clear a draft or cancel a turn.
    quit_steps = (Step(("C-c", "C-c")), Step(("C-c", "C-c")))

    def prepare(self, agent: AgentConfig, place: LaunchPlace) -> Launch:
        """With a new session, or the one that ``place.resume`` names."""
        session = place.resume or str(uuid.uuid4())
        words = [find_program("gemini", agent.env, place.work_dir, hint=_HINT)]
        words += ["--resume" if place.resume else "--session-id", session]
        env = pane_environment(agent, place)
        files = gemini_hooks.extension(Path(agent.env.get("GEMINI_CLI_HOME") or place.home), place.python)
        if place.personality:
            greeting = place.directory / "greeting.json"
            files[greeting] = gemini_hooks.greeting(place.personality)
            env[gemini_hooks.GREETING] = str(greeting)
        return Launch(argv=(*words, *agent.args), env=env, files=files, session_id=session)

    def read_hook(self, payload: Mapping[str, Any], now: float) -> Reading | None:
        """What a hook's JSON tells."""
        return gemini_hooks.read_hook(payload, now)

    def read_screen(self, screen: str, title: str, now: float) -> Reading | None:
        """What the bottom of the screen and the title tell."""
        return gemini_screen.read_screen(screen, title, now)

    def read_composer(self, screen: str) -> Composer | None:
        """What stands below the last rule."""
        return gemini_screen.read_composer(screen)

    def approve_keys(self, dialog: Dialog) -> tuple[str, ...]:
        """The digit of its option."""
        word = _YES.get(dialog.kind)
        return digit_of(dialog.text, word) if word else ()

    def deny_keys(self, dialog: Dialog) -> tuple[str, ...]:
        """Likewise; it ends the turn too."""
        word = _NO.get(dialog.kind)
        return digit_of(dialog.text, word) if word else ()

    def asked_tool(self, payload: Mapping[str, Any]) -> str | None:  # noqa: ARG002  # the face of every provider
        """Nothing: its hooks hear of a dialog, but cannot answer it."""
        return None

    def hook_answer(self, *, allow: bool) -> Mapping[str, JsonValue]:  # noqa: ARG002  # as above
        """Nothing, likewise."""
        return {}

    def classify_exit(self, status: int | None, signal: int | None, screen: str) -> ExitCause:
        """By its last words, its status and the signal."""
        return classify_by_words(status, signal, screen, _LAST_WORDS)
