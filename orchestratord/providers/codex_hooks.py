"""codex's hooks: given on its command line, and in the very words of Claude Code's. As of 0.169.0."""

import json
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from orchestratord.providers import claude_hooks, report_hook
from orchestratord.providers.base import Reading

__all__ = ["overrides", "read_hook"]

# SessionStart comes only with the first prompt, and Interrupt says no more than the screen does.
_ASKED: Final = ("UserPromptSubmit", "PermissionRequest", "PostToolUse", "Stop")
_TIMEOUT: Final = 5


def overrides(python: str) -> list[str]:
    """Settings for ``-c`` (TOML) whose hooks report to the daemon; ``python`` runs the hook program."""
    command = shlex.join([python, "-I", "-S", str(Path(report_hook.__file__))])
    run = f'[{{hooks = [{{type = "command", command = {json.dumps(command)}, timeout = {_TIMEOUT}}}]}}]'
    return [f"hooks.{name}={run}" for name in _ASKED]


def read_hook(payload: Mapping[str, Any], now: float) -> Reading | None:
    """What one hook's JSON tells; None for one that was not asked for."""
    return claude_hooks.read_hook(payload, now) if payload.get("hook_event_name") in _ASKED else None
