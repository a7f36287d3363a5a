"""Screens captured from Claude Code 2.1.197 at 120x40, and what they must be read as."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from orchestratord.providers.base import Activity, DialogKind, ExitCause, Reading
from orchestratord.providers.claude import ClaudeProvider

SCREENS = Path(__file__).parent / "screens" / "claude-2.1.197"
NOW = datetime(2026, 11, 24, 2, 30, tzinfo=UTC).timestamp()


def captured(name: str) -> tuple[str, str]:
    """A fixture's screen and title."""
    title, _, screen = (SCREENS / f"{name}.txt").read_text(encoding="utf-8").partition("\n")
    return screen, title.removeprefix("title: ")


def read(name: str) -> Reading | None:
    return ClaudeProvider().read_screen(*captured(name), NOW)


@pytest.mark.parametrize(
    ("name", "activity"),
    [
        ("idle", Activity.IDLE),
        ("answered", Activity.IDLE),
        ("draft", Activity.IDLE),
        ("pasted", Activity.IDLE),
        ("resumed", Activity.IDLE),
        ("denied", Activity.IDLE),
        ("cancelled", Activity.IDLE),
        ("ctrl-c", Activity.IDLE),
        ("error", Activity.IDLE),
        ("working", Activity.WORKING),
        ("queued", Activity.WORKING),
        ("working_draft", Activity.WORKING),
        ("retry", Activity.WORKING),
        ("permission", Activity.WAITING),
        ("trust", Activity.WAITING),
        ("not_logged_in", Activity.WAITING),
        ("limit", Activity.LIMITED),
        ("limit_named", Activity.LIMITED),
        ("limit_dismissed", Activity.LIMITED),
    ],
)
def test_every_screen_that_was_captured_is_read_as_what_it_was(name: str, activity: Activity) -> None:
    reading = read(name)
    assert reading is not None
    assert reading.activity is activity


@pytest.mark.parametrize("name", ["onboarding", "no_session", "bad_option", "root_refused"])
def test_a_screen_without_a_prompt_box_or_a_dialog_tells_nothing(name: str) -> None:
    assert read(name) is None


@pytest.mark.parametrize(
    ("name", "kind", "words"),
    [
        ("permission", DialogKind.PERMISSION, "touch made"),
        ("trust", DialogKind.TRUST, "Quick safety check"),
        ("not_logged_in", DialogKind.LOGIN, "Not logged in"),
        ("limit", DialogKind.USAGE_LIMIT, "Stop and wait for limit to reset"),
        ("limit_named", DialogKind.USAGE_LIMIT, "Stop and wait for limit to reset"),
    ],
)
def test_a_dialog_is_told_with_its_kind_and_its_words(name: str, kind: DialogKind, words: str) -> None:
    reading = read(name)
    assert reading is not None
    assert reading.dialog is not None
    assert reading.dialog.kind is kind
    assert words in reading.dialog.text


@pytest.mark.parametrize("name", ["limit", "limit_dismissed"])
def test_a_used_up_limit_is_dated(name: str) -> None:
    reading = read(name)
    assert reading is not None
    assert reading.limited_until == datetime(2026, 11, 24, 4, 30, tzinfo=UTC).timestamp()


def test_the_error_of_the_last_turn_is_told_at_a_normal_prompt() -> None:
    reading = read("error")
    assert reading is not None
    assert reading.error == "API Error: Unable to connect to API (ECONNRESET)"


def test_the_error_of_an_earlier_turn_is_not_that_of_one_cancelled_at_once_which_gives_its_prompt_back() -> None:
    screen, title = captured("error")
    reading = ClaudeProvider().read_screen(screen.replace("\n❯\xa0\n", "\n❯\xa0wait 60\n"), title, NOW)
    assert reading is not None
    assert (reading.activity, reading.error) == (Activity.IDLE, None)


def test_a_draft_hides_the_hint_and_a_newer_version_keeps_the_title_but_work_is_seen_all_the_same() -> None:
    screen, title = captured("working_draft")
    assert "esc to interrupt" not in screen
    reading = ClaudeProvider().read_screen(screen, "✳ " + title[2:], NOW)
    assert reading is not None
    assert reading.activity is Activity.WORKING


def test_what_an_agent_writes_into_its_answer_is_not_believed() -> None:
    screen, title = captured("answered")
    written = "● Good morning.\n  Do you want to proceed?\n  ❯ 1. Yes\n  esc to interrupt\n  Quick safety check"
    reading = ClaudeProvider().read_screen(screen.replace("● Good morning.", written), title, NOW)
    assert reading is not None
    assert reading.activity is Activity.IDLE


def test_a_limit_of_an_earlier_turn_is_over_once_another_prompt_was_answered() -> None:
    screen, title = captured("limit_dismissed")
    later = screen.replace("✻ Baked for 0s", "✻ Baked for 0s\n\n❯ reply ok\n\n● ok")
    reading = ClaudeProvider().read_screen(later, title, NOW)
    assert reading is not None
    assert reading.activity is Activity.IDLE


@pytest.mark.parametrize(
    ("name", "cause"),
    [
        ("no_session", ExitCause.SESSION_GONE),
        ("bad_option", ExitCause.BAD_CONFIGURATION),
        ("root_refused", ExitCause.BAD_CONFIGURATION),
        ("trust", ExitCause.TRUST_DIALOG),
        ("onboarding", ExitCause.CRASHED),
    ],
)
def test_its_last_words_say_why_it_gave_up(name: str, cause: ExitCause) -> None:
    assert ClaudeProvider().classify_exit(1, None, captured(name)[0]) is cause


@pytest.mark.parametrize(
    ("status", "signal", "cause"),
    [
        (0, None, ExitCause.FINISHED),
        (143, None, ExitCause.KILLED),
        (None, 9, ExitCause.KILLED),
        (None, 11, ExitCause.CRASHED),
        (127, None, ExitCause.MISSING_BINARY),
        (None, None, ExitCause.CRASHED),
    ],
)
def test_otherwise_status_and_signal_say_it(status: int | None, signal: int | None, cause: ExitCause) -> None:
    assert ClaudeProvider().classify_exit(status, signal, captured("answered")[0]) is cause
