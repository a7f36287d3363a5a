"""What the provider knows of Claude Code, held to the real one."""

import signal

import pytest

from orchestratord.providers.base import Activity, DialogKind, ExitCause
from tests.agents.claude_pane import ClaudePane
from tests.wait import until

pytestmark = [pytest.mark.agents, pytest.mark.timeout(300)]


def test_a_prompt_is_answered_and_both_hooks_and_screen_tell_it(pane: ClaudePane) -> None:
    pane.start(personality="You are Anna.")
    assert pane.hear("SessionStart").session_id == pane.session
    pane.wait_for(Activity.IDLE)
    pane.type("wait 2")
    assert pane.hear("UserPromptSubmit").can_resume
    pane.wait_for(Activity.WORKING)
    assert pane.hear("Stop").reply == "Waited 2 seconds."
    pane.wait_for(Activity.IDLE)


def test_a_killed_one_is_resumed_with_its_conversation_intact(pane: ClaudePane) -> None:
    pane.start()
    pane.wait_for(Activity.IDLE)
    pane.type("reply The harvest is in.")
    pane.hear("Stop")
    until(lambda: '"assistant"' in pane.transcript())
    session = pane.session
    pane.signal(signal.SIGKILL)
    assert pane.ended() == (None, 9)
    assert pane.why_it_ended() is ExitCause.KILLED
    pane.start(resume=session)
    start = pane.hear("SessionStart")
    assert (start.session_id, start.can_resume) == (session, True)
    pane.wait_for(Activity.IDLE)
    pane.type("recall")
    # Killed before it had noted the end of its turn, it tells itself to go on from there.
    assert (pane.hear("Stop").reply or "").startswith("You said: reply The harvest is in.")


def test_a_session_nobody_spoke_to_is_gone_and_its_end_says_so(pane: ClaudePane) -> None:
    pane.start()
    pane.wait_for(Activity.IDLE)
    pane.signal(signal.SIGKILL)
    pane.ended()
    pane.start(resume=pane.session)
    assert pane.ended() == (1, None)
    assert pane.why_it_ended() is ExitCause.SESSION_GONE


def test_a_permission_dialog_is_told_at_once_and_sigint_ends_it_cleanly_even_then(pane: ClaudePane) -> None:
    pane.start()
    pane.wait_for(Activity.IDLE)
    pane.type("use tool touch made")
    asked = pane.hear("PermissionRequest")
    assert asked.dialog is not None
    assert (asked.dialog.kind, asked.dialog.text) == (DialogKind.PERMISSION, "Bash: touch made")
    seen = pane.wait_for(Activity.WAITING)
    assert seen.dialog is not None
    assert seen.dialog.kind is DialogKind.PERMISSION
    pane.signal(signal.SIGINT)
    assert pane.ended() == (0, None)
    assert pane.why_it_ended() is ExitCause.FINISHED
    assert not (pane.work / "made").exists()


def test_a_cancelled_turn_tells_no_hook_and_only_the_screen_shows_it(pane: ClaudePane) -> None:
    pane.start()
    pane.wait_for(Activity.IDLE)
    pane.type("wait 60")
    pane.hear("UserPromptSubmit")
    pane.wait_for(Activity.WORKING)
    pane.keys("Escape")
    pane.wait_for(Activity.IDLE)
    assert pane.heard() == []


def test_an_error_leaves_a_normal_prompt_and_is_told_by_hook_and_screen(pane: ClaudePane) -> None:
    pane.start()
    pane.wait_for(Activity.IDLE)
    pane.type("status 400")
    failure = pane.hear("StopFailure")
    assert failure.activity is Activity.IDLE
    assert "400" in (failure.error or "")
    until(lambda: (reading := pane.reading()) and "400" in (reading.error or ""))


def test_a_used_up_limit_is_told_with_the_time_of_its_reset(pane: ClaudePane) -> None:
    pane.start(ANTHROPIC_API_KEY="", CLAUDE_CODE_OAUTH_TOKEN="sk-ant-oat01-dummy")
    pane.wait_for(Activity.IDLE)
    pane.type("limit")
    told = pane.hear("StopFailure")
    assert told.activity is Activity.LIMITED
    assert told.limited_until is not None
    until(lambda: (dialog := pane.wait_for(Activity.LIMITED).dialog) and dialog.kind is DialogKind.USAGE_LIMIT)


def test_an_untrusted_folder_stands_before_the_start(pane: ClaudePane) -> None:
    elsewhere = pane.work.parent / "elsewhere"
    elsewhere.mkdir()
    pane.start(work=elsewhere)
    asked = pane.wait_for(Activity.WAITING)
    assert asked.dialog is not None
    assert asked.dialog.kind is DialogKind.TRUST
    pane.signal(signal.SIGKILL)
    pane.ended()


@pytest.mark.parametrize(("number", "status"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_signals_end_it_with_the_status_they_are_known_by(
    pane: ClaudePane, number: signal.Signals, status: int
) -> None:
    pane.start()
    pane.wait_for(Activity.IDLE)
    pane.signal(number)
    assert pane.ended() == (status, None)
    assert pane.why_it_ended() is ExitCause.KILLED
