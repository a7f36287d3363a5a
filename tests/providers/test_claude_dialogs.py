"""Which keys answer the dialogs that were captured, and what a hook says."""

from typing import Any

import pytest

from orchestratord.providers.base import Dialog, DialogKind
from orchestratord.providers.claude import ClaudeProvider
from tests.providers.test_claude_screen import captured, read

CLAUDE = ClaudeProvider()


@pytest.mark.parametrize(
    ("name", "yes", "no"),
    [
        ("permission", ("1",), ("3",)),
        ("trust", ("1",), ("2",)),
        ("limit", ("1",), ("Escape",)),
        ("limit_named", ("1",), ("Escape",)),
        ("not_logged_in", (), ()),
    ],
)
def test_the_dialogs_that_were_captured_have_their_keys(name: str, yes: tuple[str, ...], no: tuple[str, ...]) -> None:
    reading = read(name)
    assert reading is not None
    assert reading.dialog is not None
    assert (CLAUDE.approve_keys(reading.dialog), CLAUDE.deny_keys(reading.dialog)) == (yes, no)


def test_numbers_in_what_is_asked_about_are_not_taken_for_options() -> None:
    asked = Dialog(
        DialogKind.PERMISSION,
        "Bash command echo 1. No 2. Yes 9. Yes Do you want to proceed? 1. Yes 2. Yes, always 3. No Esc to cancel",
    )
    assert (CLAUDE.approve_keys(asked), CLAUDE.deny_keys(asked)) == (("1",), ("3",))


def test_a_dialog_stays_the_same_wherever_its_pointer_stands() -> None:
    screen, title = captured("permission")
    moved = screen.replace(" ❯ 1. Yes", "   1. Yes").replace("   3. No", " ❯ 3. No")
    assert moved != screen
    first, second = (CLAUDE.read_screen(text, title, 0.0) for text in (screen, moved))
    assert first is not None
    assert second is not None
    assert first.dialog == second.dialog
    other = CLAUDE.read_screen(screen.replace("touch made", "touch else"), title, 0.0)
    assert other is not None
    assert other.dialog is not None
    assert first.dialog is not None
    assert other.dialog.id != first.dialog.id


@pytest.mark.parametrize(
    ("payload", "tool"),
    [
        ({"hook_event_name": "PermissionRequest", "tool_name": "Bash"}, "Bash"),
        ({"hook_event_name": "PermissionRequest", "tool_name": "AskUserQuestion"}, None),
        ({"hook_event_name": "PermissionRequest"}, None),
        ({"hook_event_name": "PostToolUse", "tool_name": "Bash"}, None),
    ],
)
def test_only_a_request_for_permission_may_be_answered_with_yes_or_no(
    payload: dict[str, Any], tool: str | None
) -> None:
    assert CLAUDE.asked_tool(payload) == tool


def test_a_reminder_of_a_dialog_tells_no_words_of_its_own() -> None:
    reminder = {"hook_event_name": "Notification", "notification_type": "permission_prompt", "message": "Claude needs"}
    reading = CLAUDE.read_hook(reminder, 0.0)
    assert reading is not None
    assert reading.dialog == Dialog(DialogKind.PERMISSION)
