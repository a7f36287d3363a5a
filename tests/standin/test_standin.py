"""The stand-in behaves like the CLI whose place it takes; each test is a fact that was measured of the real one."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

import orchestratord
from orchestratord.providers.base import Activity, DialogKind, Reading
from tests.standin.conftest import Standin
from tests.wait import until


def dialog_of(reading: Reading) -> DialogKind:
    assert reading.dialog is not None
    return reading.dialog.kind


def test_a_prompt_is_answered_and_reported_with_the_fields_of_the_real_hooks(standin: Standin) -> None:
    standin.ready("-n", "anna", "--session-id", "s-1")
    assert standin.ask("say Good morning. おはよう 🎉") == "Good morning. おはよう 🎉"
    assert standin.events() == ["SessionStart", "UserPromptSubmit", "Stop"]
    start, prompt, _ = standin.told()
    assert start["source"] == "startup"
    assert prompt["prompt"] == "say Good morning. おはよう 🎉"
    assert (prompt["session_id"], prompt["cwd"]) == ("s-1", str(standin.folder))
    assert Path(prompt["transcript_path"]).exists()
    assert standin.title() == "✳ anna"


def test_the_transcript_begins_with_the_first_prompt_so_before_it_there_is_nothing_to_resume(standin: Standin) -> None:
    standin.ready("--session-id", "s-1")
    standin.signal(signal.SIGKILL)
    assert standin.ended() == (None, 9)
    standin.start("--resume", "s-1")
    assert standin.ended() == (1, None)
    assert "No conversation found with session ID: s-1" in standin.with_history()


def test_a_conversation_survives_a_kill_and_goes_on_by_its_id(standin: Standin) -> None:
    standin.ready("--session-id", "s-1")
    standin.ask("say one")
    standin.type("work 60s")
    standin.wait_for(Activity.WORKING)
    standin.signal(signal.SIGKILL)
    standin.ended()
    assert "SessionEnd" not in standin.events()
    standin.ready("--resume", "s-1")
    # Its box is drawn while the hook still runs.
    until(lambda: standin.told("SessionStart")[-1]["source"] == "resume")
    assert standin.ask("recall") == "You said: say one | work 60s"


def test_what_is_sent_while_it_works_becomes_the_next_turn(standin: Standin) -> None:
    standin.ready()
    standin.type("work 1s")
    standin.wait_for(Activity.WORKING)
    standin.type("say after that")
    until(lambda: [hook["last_assistant_message"] for hook in standin.told("Stop")] == ["Worked for 1s.", "after that"])


def test_a_bracketed_paste_is_folded_and_sent_whole_with_one_enter(standin: Standin) -> None:
    standin.ready()
    text = "\n".join(f"line {number} 日本語 🎉" for number in range(200))
    standin.paste(text, "-p")
    until(lambda: "❯ [Pasted text #1 +199 lines]" in standin.screen())
    standin.keys("Enter")
    assert until(lambda: standin.told("UserPromptSubmit"))[0]["prompt"] == text


def test_a_permission_dialog_keeps_the_idle_title_drops_text_and_takes_enter_for_yes(standin: Standin) -> None:
    standin.ready("-n", "anna")
    standin.type("dialog permission Bash rm -r /tmp/x")
    asked = standin.wait_for(Activity.WAITING)
    assert dialog_of(asked) is DialogKind.PERMISSION
    assert standin.title() == "✳ anna"
    request = until(lambda: standin.told("PermissionRequest"))[0]
    assert (request["tool_name"], request["tool_input"]["command"]) == ("Bash", "rm -r /tmp/x")
    standin.keys("C-c")
    standin.tmux("send-keys", "-l", "please do not")
    standin.keys("Enter")
    until(lambda: "PostToolUse" in standin.events() and "Stop" in standin.events())
    assert "please do not" not in standin.screen()


@pytest.mark.parametrize("prompt", ["dialog permission Bash", "work 60s"])
def test_a_turn_cancelled_with_esc_tells_no_hook_and_only_the_screen_shows_it(standin: Standin, prompt: str) -> None:
    standin.ready()
    standin.type(prompt)
    until(lambda: (reading := standin.reading()) and reading.activity in {Activity.WORKING, Activity.WAITING})
    until(lambda: standin.events()[-1] in {"UserPromptSubmit", "PermissionRequest"})
    standin.keys("Escape")
    standin.wait_for(Activity.IDLE)
    standin.keys("C-u")
    standin.ask("say on")
    assert [event for event in standin.events() if event.startswith(("Stop", "PostTool"))] == ["Stop"]


@pytest.mark.parametrize(("behavior", "after"), [("allow", "PostToolUse"), ("deny", "Stop")])
def test_a_hook_may_answer_the_permission_dialog(standin: Standin, behavior: str, after: str) -> None:
    answer = {"hookSpecificOutput": {"hookEventName": "PermissionRequest", "decision": {"behavior": behavior}}}
    standin.answer_hooks_with(
        {"PermissionRequest": json.dumps(answer), **dict.fromkeys(("UserPromptSubmit", "PostToolUse", "Stop"), "")}
    )
    standin.ready()
    standin.type("dialog permission Bash")
    until(lambda: "PermissionRequest" in standin.events())
    standin.wait_for(Activity.IDLE)
    standin.ask("say next")
    events = standin.events()
    assert events[events.index("PermissionRequest") + 1] == after


def test_an_untrusted_folder_stands_before_the_start_and_a_no_ends_it(standin: Standin) -> None:
    standin.start(first="ask trust")
    assert dialog_of(standin.wait_for(Activity.WAITING)) is DialogKind.TRUST
    assert standin.events() == []
    standin.keys("Enter")
    until(lambda: standin.events() == ["SessionStart"])
    standin.wait_for(Activity.IDLE)
    standin.start(first="ask trust")
    standin.wait_for(Activity.WAITING)
    standin.keys("Escape")
    assert standin.ended() == (1, None)


def test_a_used_up_limit_ends_the_turn_and_leaves_a_dialog(standin: Standin) -> None:
    standin.ready()
    standin.type("limit until 7pm (Asia/Tokyo)")
    limited = standin.wait_for(Activity.LIMITED)
    assert limited.limited_until == 10 * 3600, "seven in the evening in Tokyo, of the first of January 1970"
    failure = until(lambda: standin.told("StopFailure"))[0]
    assert failure["error"] == "rate_limit"
    assert failure["last_assistant_message"] == "You've hit your session limit · resets 7pm (Asia/Tokyo)"


def test_an_error_of_the_api_leaves_a_normal_prompt_and_a_retry_looks_like_work(standin: Standin) -> None:
    standin.ready()
    standin.type("api error 529")
    assert until(lambda: standin.told("StopFailure"))[0]["error"] == "server_error"
    until(lambda: (reading := standin.reading()) and reading.error == "API Error: 529 said the stand-in")
    standin.type("retry 60")
    until(lambda: "Retrying" in standin.screen())
    standin.wait_for(Activity.WORKING)


@pytest.mark.parametrize(
    ("number", "end"),
    [
        (signal.SIGINT, (0, None)),
        (signal.SIGTERM, (143, None)),
        (signal.SIGHUP, (129, None)),
        (signal.SIGKILL, (None, 9)),
    ],
)
def test_signals_end_it_as_they_end_the_real_one_whatever_it_does(
    standin: Standin, number: signal.Signals, end: tuple[int | None, int | None]
) -> None:
    standin.ready()
    standin.type("dialog permission Bash")
    standin.wait_for(Activity.WAITING)
    standin.signal(number)
    assert standin.ended() == end
    assert ("SessionEnd" in standin.events()) is (number is not signal.SIGKILL)


def test_exit_and_the_second_ctrl_c_end_it_with_0(standin: Standin) -> None:
    standin.ready()
    standin.type("/exit")
    assert standin.ended() == (0, None)
    standin.ready()
    standin.keys("C-c")
    until(lambda: "Press Ctrl-C again to exit" in standin.screen())
    standin.keys("C-c")
    assert standin.ended() == (0, None)


def test_clear_begins_a_new_session(standin: Standin) -> None:
    standin.ready("--session-id", "s-1")
    standin.type("/clear")
    until(lambda: standin.events() == ["SessionStart", "SessionEnd", "SessionStart"])
    _, end, start = standin.told()
    assert (end["session_id"], end["reason"], start["source"]) == ("s-1", "clear", "clear")
    assert start["session_id"] != "s-1"


def test_it_crashes_and_hangs_as_told(standin: Standin) -> None:
    standin.ready()
    standin.type("crash 3")
    assert standin.ended() == (3, None)
    standin.ready()
    standin.type("hang")
    until(lambda: psutil.Process(standin.pid).status() == psutil.STATUS_SLEEPING and _ignores(standin, signal.SIGTERM))
    standin.signal(signal.SIGTERM)
    standin.signal(signal.SIGINT)
    assert psutil.pid_exists(standin.pid)
    standin.signal(signal.SIGKILL)
    assert standin.ended() == (None, 9)


def _ignores(standin: Standin, number: signal.Signals) -> bool:
    fields = dict(line.split(":\t") for line in Path(f"/proc/{standin.pid}/status").read_text().splitlines())
    return bool(int(fields["SigIgn"], 16) >> (number - 1) & 1)


def test_it_leaves_a_child_and_an_orphan_that_outlive_it(standin: Standin) -> None:
    standin.ready()
    standin.ask("ignore SIGTERM")
    assert _ignores(standin, signal.SIGTERM)
    standin.ask("leave children")
    mark = f"ORCHESTRATOR_TEST={os.environ['ORCHESTRATOR_TEST']}"

    def sleepers() -> list[int]:
        asleep = [p for p in psutil.process_iter() if p.name() == "sleep" and p.pid != os.getpid()]
        return [
            p.pid
            for p in asleep
            if p.cmdline()[1:] == ["86400"]
            and mark in Path(f"/proc/{p.pid}/environ").read_bytes().decode(errors="replace").split("\0")
        ]

    left = until(lambda: found if len(found := sleepers()) == 2 else None) or []
    try:
        standin.signal(signal.SIGKILL)
        standin.ended()
        assert sorted(sleepers()) == sorted(left)
    finally:
        for pid in left:
            os.kill(pid, signal.SIGKILL)


def test_an_idle_one_sleeps_without_a_single_wakeup(standin: Standin) -> None:
    standin.ready()
    standin.ask("say ready")

    def switches() -> int:
        lines = Path(f"/proc/{standin.pid}/status").read_text().splitlines()
        return sum(int(line.split()[1]) for line in lines if "ctxt_switches" in line)

    # Nothing can prove a never; many looks in a row at which it had not run at all come close.
    def looks_without_a_wakeup() -> bool:
        before = switches()
        for _ in range(50):
            standin.tmux("display-message", "-p", "#{pane_pid}")
        return switches() == before

    until(looks_without_a_wakeup)
    assert looks_without_a_wakeup()


def test_its_manual_names_every_word_it_understands() -> None:
    run = [sys.executable, "-I", "-m", "orchestratord.standin", "--help"]
    manual = subprocess.run(run, capture_output=True, text=True, check=True, timeout=30).stdout
    for word in ("say", "work", "recall", "dialog", "limit", "api error", "retry", "ask trust", "crash", "hang"):
        assert f"  {word}" in manual
    for word in ("STANDIN_START", "STANDIN_HOME", "/exit", "print N MB", "eat memory", "spin", "leave children"):
        assert word in manual


def test_a_wrong_option_or_no_terminal_is_an_error_in_words() -> None:
    for words, said in ((["--nonsense"], "unknown option '--nonsense'"), ([], "needs a terminal")):
        run = [sys.executable, "-I", "-m", "orchestratord.standin", *words]
        done = subprocess.run(run, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, timeout=30)
        assert done.returncode == 1
        assert said in done.stderr


@pytest.mark.parametrize("module", ["argparse", "asyncio", "dataclasses", "pathlib", "subprocess", "uuid"])
def test_it_starts_without_what_takes_long_to_import(module: str) -> None:
    look = f"import sys, orchestratord.standin.__main__; sys.exit({module!r} in sys.modules)"
    run = [sys.executable, "-S", "-c", look]
    root = Path(orchestratord.__file__).parents[1]
    assert subprocess.run(run, cwd=root, check=False, timeout=30).returncode == 0
