"""Screens captured from codex 0.169.0 at 120x40, and what they must be read as."""

from pathlib import Path

import pytest

from orchestratord.providers.base import Activity, Composer, Dialog, DialogKind, ExitCause
from orchestratord.providers.codex import CodexProvider
from tests.providers.captured import captured

SCREENS = Path(__file__).parent / "screens" / "codex-0.169.0"
CODEX = CodexProvider()


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
        ("login", Activity.WAITING),
    ],
)
def test_every_screen_that_was_captured_is_read_as_what_it_was(name: str, activity: Activity) -> None:
    reading = CODEX.read_screen(*captured(SCREENS, name), 0.0)
    assert reading is not None
    assert reading.activity is activity
    assert (reading.dialog is not None) is (activity is Activity.WAITING)


def test_work_is_seen_without_the_title_too() -> None:
    reading = CODEX.read_screen(captured(SCREENS, "working_draft")[0], "orchestra", 0.0)
    assert reading is not None
    assert reading.activity is Activity.WORKING


@pytest.mark.parametrize(
    ("name", "composer"),
    [
        ("idle", Composer("")),
        ("working", Composer("")),
        ("draft", Composer("a draft")),
        ("working_draft", Composer("a draft")),
        ("lines", Composer("First line\nsecond line 日本語\n\nlast paragraph")),
        ("pasted", Composer("[Pasted Content 3380 chars]", characters=3380)),
        ("permission", None),
        ("login", None),
        ("no_session", None),
    ],
)
def test_what_stands_in_the_prompt_box_is_told_exactly(name: str, composer: Composer | None) -> None:
    assert CODEX.read_composer(captured(SCREENS, name)[0]) == composer


def test_a_permission_dialog_says_what_it_asks_and_is_answered_by_a_digit() -> None:
    reading = CODEX.read_screen(*captured(SCREENS, "permission"), 0.0)
    assert reading is not None
    assert reading.dialog is not None
    assert reading.dialog.kind is DialogKind.PERMISSION
    assert reading.dialog.text.startswith("Would you like to run the following command?")
    assert "$ touch made" in reading.dialog.text
    assert CODEX.approve_keys(reading.dialog) == ("1",)
    assert CODEX.deny_keys(reading.dialog) == ("3",)


def test_a_login_is_for_a_human() -> None:
    reading = CODEX.read_screen(*captured(SCREENS, "login"), 0.0)
    assert reading is not None
    assert isinstance(reading.dialog, Dialog)
    assert reading.dialog.kind is DialogKind.LOGIN
    assert not reading.ready
    assert CODEX.approve_keys(reading.dialog) == CODEX.deny_keys(reading.dialog) == ()


def test_the_error_of_the_last_turn_is_told_at_a_normal_prompt_and_a_cancelled_turn_is_none() -> None:
    failed = CODEX.read_screen(*captured(SCREENS, "error"), 0.0)
    assert failed is not None
    assert "said the stub" in (failed.error or "")
    cancelled = CODEX.read_screen(*captured(SCREENS, "cancelled"), 0.0)
    assert cancelled is not None
    assert cancelled.error is None


def test_a_numbered_draft_is_no_dialog() -> None:
    screen, title = captured(SCREENS, "draft")
    reading = CODEX.read_screen(screen.replace("a draft", "1. Yes, proceed"), title, 0.0)
    assert reading is not None
    assert reading.activity is Activity.IDLE


def test_its_last_words_say_why_it_gave_up() -> None:
    assert CODEX.classify_exit(1, None, captured(SCREENS, "no_session")[0]) is ExitCause.SESSION_GONE
    assert CODEX.classify_exit(2, None, "error: unexpected argument '--no-such' found") is ExitCause.BAD_CONFIGURATION
    assert CODEX.classify_exit(None, 2, captured(SCREENS, "idle")[0]) is ExitCause.KILLED
