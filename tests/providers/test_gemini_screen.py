"""Screens captured from gemini 0.61.0 at 120x40, and what they must be read as."""

from pathlib import Path

import pytest

from orchestratord.providers.base import Activity, Composer, DialogKind, ExitCause
from orchestratord.providers.gemini import GeminiProvider
from tests.providers.captured import captured

SCREENS = Path(__file__).parent / "screens" / "gemini-0.61.0"
GEMINI = GeminiProvider()
HOOK = {"session_id": "s1", "cwd": "/w", "timestamp": "2026-11-24T03:29:59.656Z"}


@pytest.mark.parametrize("titled", [True, False])
@pytest.mark.parametrize(
    ("name", "activity"),
    [
        ("idle", Activity.IDLE),
        ("answered", Activity.IDLE),
        ("draft", Activity.IDLE),
        ("lines", Activity.IDLE),
        ("pasted", Activity.IDLE),
        ("approved", Activity.IDLE),
        ("denied", Activity.IDLE),
        ("cancelled", Activity.IDLE),
        ("error", Activity.IDLE),
        ("working", Activity.WORKING),
        ("working_draft", Activity.WORKING),
        ("permission", Activity.WAITING),
        ("trust", Activity.WAITING),
    ],
)
def test_every_screen_that_was_captured_is_read_as_what_it_was(name: str, activity: Activity, titled: bool) -> None:
    screen, title = captured(SCREENS, name)
    reading = GEMINI.read_screen(screen, title if titled else "", 0.0)
    assert reading is not None
    assert reading.activity is activity
    assert (reading.dialog is not None) is (activity is Activity.WAITING)


@pytest.mark.parametrize(
    ("name", "composer"),
    [
        ("idle", Composer("")),
        ("working", Composer("")),
        ("draft", Composer("a draft")),
        ("working_draft", Composer("a draft")),
        ("lines", Composer("First line\nsecond line 日本語\n\nlast paragraph")),
        ("pasted", Composer("[Pasted Text: 151 lines]", lines=150)),
        ("permission", None),
        ("trust", None),
    ],
)
def test_what_stands_in_the_prompt_box_is_told_exactly(name: str, composer: Composer | None) -> None:
    assert GEMINI.read_composer(captured(SCREENS, name)[0]) == composer


def test_a_permission_dialog_says_what_it_asks_and_is_answered_by_a_digit() -> None:
    reading = GEMINI.read_screen(*captured(SCREENS, "permission"), 0.0)
    assert reading is not None
    assert reading.dialog is not None
    assert reading.dialog.kind is DialogKind.PERMISSION
    assert "touch made" in reading.dialog.text
    assert GEMINI.approve_keys(reading.dialog) == ("1",)
    assert GEMINI.deny_keys(reading.dialog) == ("3",)


def test_an_untrusted_folder_stands_before_the_start() -> None:
    reading = GEMINI.read_screen(*captured(SCREENS, "trust"), 0.0)
    assert reading is not None
    assert reading.dialog is not None
    assert reading.dialog.kind is DialogKind.TRUST
    assert not reading.ready
    assert (GEMINI.approve_keys(reading.dialog), GEMINI.deny_keys(reading.dialog)) == (("1",), ("3",))


def test_the_error_of_the_last_turn_is_told_at_a_normal_prompt_and_a_cancelled_turn_is_none() -> None:
    failed = GEMINI.read_screen(*captured(SCREENS, "error"), 0.0)
    assert failed is not None
    assert "said the stub" in (failed.error or "")
    cancelled = GEMINI.read_screen(*captured(SCREENS, "cancelled"), 0.0)
    assert cancelled is not None
    assert cancelled.error is None


def test_a_turn_is_work_from_its_prompt_to_its_reply() -> None:
    began = GEMINI.read_hook({**HOOK, "hook_event_name": "BeforeAgent", "prompt": "hello"}, 0.0)
    assert began is not None
    assert (began.activity, began.prompt, began.session_id, began.can_resume) == (Activity.WORKING, "hello", "s1", True)
    ended = GEMINI.read_hook({**HOOK, "hook_event_name": "AfterAgent", "prompt_response": "Good morning."}, 0.0)
    assert ended is not None
    assert (ended.activity, ended.reply) == (Activity.IDLE, "Good morning.")


def test_a_turn_without_an_answer_is_left_to_the_screen() -> None:
    assert (
        GEMINI.read_hook({**HOOK, "hook_event_name": "AfterAgent", "prompt_response": "[no response text]"}, 0.0)
        is None
    )


def test_a_notification_tells_which_command_asks() -> None:
    about = {"notification_type": "ToolPermission", "message": "It asks", "details": {"command": "touch made"}}
    asked = GEMINI.read_hook({**HOOK, "hook_event_name": "Notification", **about}, 0.0)
    assert asked is not None
    assert asked.dialog is not None
    assert asked.dialog.text == "It asks: touch made"


def test_its_last_words_say_why_it_gave_up() -> None:
    words = 'Error resuming session: Invalid session identifier "s1".'
    assert GEMINI.classify_exit(42, None, words) is ExitCause.SESSION_GONE
    assert GEMINI.classify_exit(0, None, captured(SCREENS, "idle")[0]) is ExitCause.FINISHED
