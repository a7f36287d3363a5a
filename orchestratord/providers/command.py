"""Any interactive program as an agent, known by the patterns that its configuration gives."""

import re
from collections.abc import Mapping
from typing import Any

from pydantic import JsonValue

from orchestratord.config.agent import AgentConfig, Patterns
from orchestratord.providers.base import (
    Activity,
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
from orchestratord.providers.endings import classify_by_status
from orchestratord.providers.program import find_program

__all__ = ["CommandProvider"]


class CommandProvider:
    """Without any pattern a live process counts as idle; with some, a screen that fits none tells nothing."""

    name = "command"
    ready_deadline = 30.0
    hooks_tell = False
    resumable = False

    def __init__(self, agent: AgentConfig) -> None:
        self.submit_key = agent.submit_key
        self.quit_steps = (Step(agent.quit_keys),) if agent.quit_keys else ()
        self._patterns: Patterns = agent.patterns

    def prepare(self, agent: AgentConfig, place: LaunchPlace) -> Launch:
        """The configured command with its own environment; no files, no session."""
        program = find_program(agent.command[0], agent.env, place.work_dir)
        return Launch(argv=(program, *agent.command[1:], *agent.args), env=pane_environment(agent, place))

    def read_hook(self, payload: Mapping[str, Any], now: float) -> Reading | None:  # noqa: ARG002  # the face of every provider
        """Nothing: an unknown program has no hooks."""
        return None

    def read_screen(self, screen: str, title: str, now: float) -> Reading | None:  # noqa: ARG002  # as above
        """By the patterns: a dialog before work before readiness."""
        patterns = self._patterns
        if patterns.waiting and (found := patterns.waiting.search(screen)):
            dialog = Dialog(DialogKind.QUESTION, _line_of(found))
            return Reading(Activity.WAITING, "screen: waiting_pattern", dialog=dialog)
        if patterns.working and patterns.working.search(screen):
            return Reading(Activity.WORKING, "screen: working_pattern")
        if patterns.ready:
            return Reading(Activity.IDLE, "screen: ready_pattern") if patterns.ready.search(screen) else None
        return Reading(Activity.IDLE, "no pattern says otherwise")

    def read_composer(self, screen: str) -> Composer | None:  # noqa: ARG002  # as above
        """Never any: where an unknown program keeps its draft is not known, so nothing is ever typed into it."""
        return None

    def approve_keys(self, dialog: Dialog) -> tuple[str, ...]:  # noqa: ARG002  # as above
        """None: nobody has said which keys answer its dialogs."""
        return ()

    def deny_keys(self, dialog: Dialog) -> tuple[str, ...]:  # noqa: ARG002  # as above
        """None, likewise."""
        return ()

    def asked_tool(self, payload: Mapping[str, Any]) -> str | None:  # noqa: ARG002  # as above
        """Nothing: it has no hooks."""
        return None

    def hook_answer(self, *, allow: bool) -> Mapping[str, JsonValue]:  # noqa: ARG002  # as above
        """Nothing to say, for it is never asked."""
        return {}

    def classify_exit(self, status: int | None, signal: int | None, screen: str) -> ExitCause:  # noqa: ARG002  # as above
        """By status and signal alone."""
        return classify_by_status(status, signal)


def _line_of(found: re.Match[str]) -> str:
    """The whole line in which the pattern was found, or where it began."""
    text = found.string
    start = text.rfind("\n", 0, found.start()) + 1
    end = text.find("\n", found.start())
    return text[start : end if end >= 0 else None].strip()
