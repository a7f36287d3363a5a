"""Claude Code's hooks: which are asked for, and what each of them tells. As of 2.1.197."""

import json
import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from orchestratord.providers import report_hook
from orchestratord.providers.base import Activity, Dialog, DialogKind, Reading
from orchestratord.providers.usage_limit import find_limit, reset_time

__all__ = ["read_hook", "settings"]

# The CLI waits for each of its hooks, so only those are asked for that change what we know. PreToolUse would come
# with every tool and says nothing that UserPromptSubmit has not said.
_ASKED: Final[Mapping[str, str]] = {
    "SessionStart": "",
    "UserPromptSubmit": "",
    "PermissionRequest": "",
    "PostToolUse": "",
    "PostToolUseFailure": "",
    "Notification": "permission_prompt|elicitation_dialog",
    "Stop": "",
    "StopFailure": "",
    "SessionEnd": "",
}
_TIMEOUT: Final = 5
_LONGEST_TEXT: Final = 4000


def settings(python: str, *, allowed: Sequence[str] = ()) -> str:
    """The text of a settings file (JSON) whose hooks report to the daemon; ``python`` runs the hook program.

    ``allowed`` are rules for tools that may be used without a question.
    """
    command = shlex.join([python, "-I", "-S", str(Path(report_hook.__file__))])
    run = [{"type": "command", "command": command, "timeout": _TIMEOUT}]
    hooks = {
        name: [{"matcher": matcher, "hooks": run} if matcher else {"hooks": run}] for name, matcher in _ASKED.items()
    }
    return json.dumps({"hooks": hooks, "permissions": {"allow": [*allowed]}}, indent=1)


def read_hook(payload: Mapping[str, Any], now: float) -> Reading | None:
    """What one hook's JSON tells; None for hooks that say nothing about activity, or that nobody knows yet."""
    name = payload.get("hook_event_name")
    why = f"hook {name}"
    session = _text(payload, "session_id")
    match name:
        case "SessionStart":
            return _session_start(payload, why, session)
        case "UserPromptSubmit":
            # Only now a transcript begins: a session that was never spoken to cannot be resumed. It is written a moment
            # after the hooks, so a kill in that moment still ends in ExitCause.SESSION_GONE.
            prompt = _text(payload, "prompt")
            return Reading(Activity.WORKING, why, session_id=session, prompt=prompt, can_resume=True)
        case "PostToolUse" | "PostToolUseFailure":
            return Reading(Activity.WORKING, why, session_id=session)
        case "PermissionRequest" | "Notification":
            return _asking(payload, why, session)
        case "Stop":
            reply = _text(payload, "last_assistant_message") or ""
            return Reading(Activity.IDLE, why, session_id=session, reply=reply)
        case "StopFailure":
            return _failure(payload, why, session, now)
        case _:
            return None


def _session_start(payload: Mapping[str, Any], why: str, session: str | None) -> Reading | None:
    source = _text(payload, "source")
    if source == "compact":  # in the midst of a turn as well as between two
        return None
    return Reading(Activity.IDLE, f"{why} {source}", session_id=session, can_resume=source == "resume")


def _asking(payload: Mapping[str, Any], why: str, session: str | None) -> Reading | None:
    kind = _text(payload, "notification_type")
    if kind == "idle_prompt":  # only says that a minute has passed
        return None
    tool = _text(payload, "tool_name")
    question = kind == "elicitation_dialog" or tool == "AskUserQuestion"
    text = f"{tool}: {_summary(payload.get('tool_input'))}" if tool else _text(payload, "message") or ""
    if kind == "permission_prompt":  # a reminder of the dialog that is up, which says less about it
        text = ""
    dialog = Dialog(DialogKind.QUESTION if question else DialogKind.PERMISSION, text[:_LONGEST_TEXT])
    return Reading(Activity.WAITING, why, dialog=dialog, session_id=session)


def _failure(payload: Mapping[str, Any], why: str, session: str | None, now: float) -> Reading:
    error = _text(payload, "last_assistant_message") or _text(payload, "error") or "the turn failed"
    kind = _text(payload, "error")
    if kind == "rate_limit" and find_limit(error):
        until = reset_time(error, now)
        return Reading(Activity.LIMITED, why, limited_until=until, session_id=session, error=error)
    if kind == "authentication_failed":
        dialog = Dialog(DialogKind.LOGIN, error[:_LONGEST_TEXT])
        return Reading(Activity.WAITING, why, dialog=dialog, session_id=session, error=error)
    return Reading(Activity.IDLE, why, session_id=session, error=error)


def _summary(tool_input: object) -> str:
    """What a human would want to know of a tool's input: the command or the file before anything else."""
    if not isinstance(tool_input, Mapping):
        return ""
    for key in ("command", "file_path", "url", "pattern"):
        if key in tool_input:
            return str(tool_input[key])
    return json.dumps(tool_input, ensure_ascii=False)


def _text(payload: Mapping[str, Any], key: str) -> str | None:
    value = payload.get(key)
    return value if isinstance(value, str) else None
