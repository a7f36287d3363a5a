"""gemini's hooks: an extension in the agent's HOME that is silent everywhere else, and what they tell. As of 0.61.0."""

import json
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from orchestratord.providers import report_hook
from orchestratord.providers.base import Activity, Dialog, DialogKind, Reading

__all__ = ["GREETING", "extension", "greeting", "read_hook"]

GREETING: Final = "ORCHESTRATOR_GREETING"
"""Names the file that a session begins with."""

_NAME: Final = "orchestratord"
_ASKED: Final = ("BeforeAgent", "AfterAgent", "Notification")
_TIMEOUT: Final = 5000
_NO_REPLY: Final = "[no response text]"


def extension(home: Path, python: str) -> dict[Path, str]:
    """The extension's files: the only hooks beside the user's own settings that gemini takes from anybody but root.

    It is the same for all agents of a HOME, and does nothing in a gemini that is no agent.
    """
    folder = home / ".gemini" / "extensions" / _NAME
    report = shlex.join([python, "-I", "-S", str(Path(report_hook.__file__))])
    hooks: dict[str, Any] = {name: [{"hooks": [_command(report)]}] for name in _ASKED}
    greet = f'cat "${{{GREETING}:-/dev/null}}"'
    hooks["SessionStart"] = [{"matcher": "startup", "hooks": [_command(greet)]}]
    about = {"name": _NAME, "version": "1.0.0", "description": "Tells orchestratord what its agents do."}
    return {
        folder / "gemini-extension.json": json.dumps(about, indent=1),
        folder / "hooks" / "hooks.json": json.dumps({"hooks": hooks}, indent=1),
    }


def greeting(personality: str) -> str:
    """What the hook of a new session says, so that the agent knows who it is."""
    told = {"hookEventName": "SessionStart", "additionalContext": personality}
    return json.dumps({"hookSpecificOutput": told}, ensure_ascii=False)


def read_hook(payload: Mapping[str, Any], now: float) -> Reading | None:  # noqa: ARG001  # no hook tells a time
    """What one hook's JSON tells; None for one that says nothing about activity."""
    name, session = payload.get("hook_event_name"), _text(payload, "session_id")
    why = f"hook {name}"
    match name:
        case "BeforeAgent":
            prompt = _text(payload, "prompt")
            return Reading(Activity.WORKING, why, session_id=session, prompt=prompt, can_resume=True)
        case "AfterAgent":
            reply = _text(payload, "prompt_response") or ""
            # A turn that failed and one that was cancelled both end so: only the screen tells which.
            return None if reply == _NO_REPLY else Reading(Activity.IDLE, why, session_id=session, reply=reply)
        case "Notification" if payload.get("notification_type") == "ToolPermission":
            dialog = Dialog(DialogKind.PERMISSION, _asked(payload))
            return Reading(Activity.WAITING, why, dialog=dialog, session_id=session)
        case _:
            return None


def _asked(payload: Mapping[str, Any]) -> str:
    details = payload.get("details")
    command = _text(details, "command") if isinstance(details, Mapping) else None
    return ": ".join(words for words in (_text(payload, "message"), command) if words)


def _command(command: str) -> dict[str, Any]:
    return {"type": "command", "name": _NAME, "command": command, "timeout": _TIMEOUT}


def _text(payload: Mapping[str, Any], key: str) -> str | None:
    value = payload.get(key)
    return value if isinstance(value, str) else None
