"""Claude Code's dialogs: which keys answer them, and how a hook answers one before a human does. As of 2.1.197."""

from collections.abc import Mapping
from typing import Any, Final

from pydantic import JsonValue

from orchestratord.providers.base import Dialog, DialogKind
from orchestratord.providers.numbered import digit_of

__all__ = ["approve_keys", "asked_tool", "deny_keys", "hook_answer"]

_YES: Final[Mapping[DialogKind, str]] = {
    DialogKind.PERMISSION: "Yes",
    DialogKind.TRUST: "Yes",
    DialogKind.USAGE_LIMIT: "Stop",
}
_NO: Final[Mapping[DialogKind, str]] = {DialogKind.PERMISSION: "No", DialogKind.TRUST: "No"}
_LEFT_BY_ESCAPE: Final = frozenset({DialogKind.USAGE_LIMIT, DialogKind.QUESTION})
_NO_YES_OR_NO: Final = frozenset({"AskUserQuestion"})
"""Tools that ask for permission only to put a question of their own."""


def approve_keys(dialog: Dialog) -> tuple[str, ...]:
    """The digit of the option that says yes: in a prompt box that came back meanwhile it submits nothing."""
    return _digit(dialog, _YES.get(dialog.kind))


def deny_keys(dialog: Dialog) -> tuple[str, ...]:
    """The digit of the option that says no, or Esc where no turn is under way that it could cancel instead."""
    return ("Escape",) if dialog.kind in _LEFT_BY_ESCAPE else _digit(dialog, _NO.get(dialog.kind))


def _digit(dialog: Dialog, word: str | None) -> tuple[str, ...]:
    return digit_of(dialog.text, word) if word else ()


def asked_tool(payload: Mapping[str, Any]) -> str | None:
    """Of a PermissionRequest its tool, unless no human would be asked for a yes or a no."""
    tool = payload.get("tool_name")
    asks = payload.get("hook_event_name") == "PermissionRequest" and isinstance(tool, str)
    return str(tool) if asks and tool not in _NO_YES_OR_NO else None


def hook_answer(*, allow: bool) -> Mapping[str, JsonValue]:
    """The decision of a PermissionRequest hook."""
    decision: dict[str, JsonValue] = {"behavior": "allow" if allow else "deny"}
    if not allow:
        decision["message"] = "Denied by the policy of this cluster."
    return {"hookSpecificOutput": {"hookEventName": "PermissionRequest", "decision": decision}}
