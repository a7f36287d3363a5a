"""Hooks as Claude Code 2.1.197 sends them, and what they tell."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from orchestratord.providers.base import Activity, DialogKind, Reading
from orchestratord.providers.claude import ClaudeProvider
from orchestratord.providers.claude_hooks import settings

SESSION = "52d91905-e8b2-4e23-8539-779179248fd9"
NOW = datetime(2026, 11, 24, 2, 30, tzinfo=UTC).timestamp()


def told(event: str, **fields: Any) -> Reading | None:
    about = {"session_id": SESSION, "transcript_path": "/t.jsonl", "cwd": "/w", "hook_event_name": event}
    return ClaudeProvider().read_hook({**about, **fields}, NOW)


def test_a_turn_is_work_from_its_prompt_to_its_reply() -> None:
    began = told("UserPromptSubmit", prompt="hello")
    assert began is not None
    assert (began.activity, began.session_id) == (Activity.WORKING, SESSION)
    ended = told("Stop", stop_hook_active=False, last_assistant_message="Good morning.")
    assert ended is not None
    assert (ended.activity, ended.reply, ended.error) == (Activity.IDLE, "Good morning.", None)


@pytest.mark.parametrize(("source", "can_resume"), [("startup", False), ("resume", True), ("clear", False)])
def test_a_session_can_be_resumed_only_once_somebody_has_spoken_to_it(source: str, can_resume: bool) -> None:
    start = told("SessionStart", source=source)
    assert start is not None
    assert start.ready
    assert start.can_resume is can_resume
    prompt = told("UserPromptSubmit", prompt="hello")
    assert prompt is not None
    assert prompt.can_resume


def test_a_permission_request_names_the_tool_and_what_it_wants_to_do() -> None:
    asked = told("PermissionRequest", tool_name="Bash", tool_input={"command": "touch made", "description": "…"})
    assert asked is not None
    assert asked.activity is Activity.WAITING
    assert asked.dialog is not None
    assert (asked.dialog.kind, asked.dialog.text) == (DialogKind.PERMISSION, "Bash: touch made")


def test_a_used_up_limit_is_dated_by_when_it_was_told() -> None:
    words = "You've hit your session limit · resets 4:30am (UTC)"
    limited = told("StopFailure", error="rate_limit", last_assistant_message=words)
    assert limited is not None
    assert limited.activity is Activity.LIMITED
    assert limited.limited_until == datetime(2026, 11, 24, 4, 30, tzinfo=UTC).timestamp()


def test_a_failed_login_waits_for_a_human_and_any_other_error_leaves_a_normal_prompt() -> None:
    login = told("StopFailure", error="authentication_failed", last_assistant_message="Please run /login")
    assert login is not None
    assert login.dialog is not None
    assert login.dialog.kind is DialogKind.LOGIN
    other = told("StopFailure", error="server_error", last_assistant_message="API Error: 529")
    assert other is not None
    assert (other.activity, other.error) == (Activity.IDLE, "API Error: 529")


@pytest.mark.parametrize(
    ("event", "fields"),
    [
        ("Notification", {"notification_type": "idle_prompt", "message": "Claude is waiting for your input"}),
        ("SessionStart", {"source": "compact"}),
        ("SessionEnd", {"reason": "other"}),
        ("SomethingNew", {}),
    ],
)
def test_what_says_nothing_of_activity_is_passed_over(event: str, fields: dict[str, str]) -> None:
    assert told(event, **fields) is None


@pytest.mark.parametrize("payload", [{}, {"hook_event_name": 7}, {"hook_event_name": "Stop", "session_id": ["x"]}])
def test_nonsense_does_no_harm(payload: dict[str, Any]) -> None:
    reading = ClaudeProvider().read_hook(payload, NOW)
    assert reading is None or reading.session_id is None


def test_the_settings_ask_for_no_hook_before_a_tool_because_the_cli_waits_for_each() -> None:
    hooks = json.loads(settings("/usr/bin/python3"))["hooks"]
    assert "PreToolUse" not in hooks
    assert {"SessionStart", "UserPromptSubmit", "PermissionRequest", "Stop", "StopFailure"} <= set(hooks)
    command = hooks["Stop"][0]["hooks"][0]["command"]
    assert command.startswith("/usr/bin/python3 -I -S ")
    assert command.endswith("report_hook.py")
