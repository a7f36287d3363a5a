"""States, the next step, belief, adoption and the ladder: decisions without anything real around them."""

import signal
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from orchestratord.agents.activity import NOTHING_YET, Belief, Source, believe, look_after
from orchestratord.agents.adoption import Found, Known, Verdict, classify
from orchestratord.agents.ending import Ending, signal_name
from orchestratord.agents.reconciling import Situation, Step, next_step
from orchestratord.agents.signals import doubt_about
from orchestratord.agents.states import MAY_FOLLOW, Desired, State
from orchestratord.agents.stopping import ladder
from orchestratord.processes import ProcessId
from orchestratord.providers.base import Activity, Dialog, DialogKind, ExitCause, Reading
from orchestratord.providers.base import Step as Polite

situations = st.builds(Situation, desired=st.sampled_from(Desired), **{
    name: st.booleans() for name in ("alive", "anew", "asked", "held", "resting", "scheduled", "ready_to_start")
})  # fmt: skip


def test_every_state_says_what_may_follow_and_none_follows_itself() -> None:
    assert set(MAY_FOLLOW) == set(State)
    assert all(state not in after for state, after in MAY_FOLLOW.items())


@given(situations)
def test_an_operators_stop_wins_whatever_else_is_the_case(situation: Situation) -> None:
    step = next_step(situation)
    if situation.desired is Desired.STOPPED:
        assert step is (Step.END if situation.alive else Step.REST)


@given(situations)
def test_what_lives_is_never_started_a_second_time_and_ended_only_by_an_operator(situation: Situation) -> None:
    step = next_step(situation)
    if situation.alive:
        assert step is not Step.START
        assert step is not Step.END or situation.anew or situation.desired is Desired.STOPPED


@given(situations)
def test_nothing_starts_by_itself_while_it_is_held_or_has_failed(situation: Situation) -> None:
    if (situation.held or situation.resting) and not situation.asked:
        assert next_step(situation) not in {Step.START, Step.AWAIT_RESTART}


def test_a_dialog_is_the_same_whether_a_hook_or_its_screen_tells_of_it() -> None:
    asked = told(Activity.WAITING, Dialog(DialogKind.PERMISSION, "Bash: ls"))
    shown = told(Activity.WAITING, Dialog(DialogKind.PERMISSION, "Bash command ls Do you want to proceed?"))
    reminder = told(Activity.WAITING, Dialog(DialogKind.PERMISSION))
    belief = after((Source.HOOK, asked), (Source.SCREEN, shown), (Source.HOOK, reminder))
    assert (belief.dialog, belief.at, belief.source) == (shown.dialog, 1.0, Source.SCREEN)
    following = told(Activity.WAITING, Dialog(DialogKind.PERMISSION, "Bash: rm"))
    belief = after((Source.HOOK, asked), (Source.SCREEN, shown), (Source.HOOK, following))
    assert (belief.dialog, belief.at) == (following.dialog, 3.0)


def told(activity: Activity, dialog: Dialog | None = None) -> Reading:
    return Reading(activity, f"says {activity}", dialog)


def after(*steps: tuple[Source, Reading], hooks_tell: bool = True) -> Belief:
    belief = NOTHING_YET
    for at, (source, reading) in enumerate(steps, 1):
        belief = believe(belief, reading, source, float(at), hooks_tell=hooks_tell)
    return belief


IDLE, WORKING, WAITING, LIMITED = (
    told(activity) for activity in (Activity.IDLE, Activity.WORKING, Activity.WAITING, Activity.LIMITED)
)


def test_hooks_are_believed_and_a_screen_may_not_contradict_them() -> None:
    assert after((Source.HOOK, IDLE), (Source.SCREEN, WORKING)).activity is Activity.IDLE
    assert after((Source.HOOK, WORKING), (Source.SCREEN, IDLE)).activity is Activity.WORKING
    assert after((Source.SCREEN, WORKING), (Source.HOOK, IDLE)).activity is Activity.IDLE


def test_a_turn_cancelled_by_hand_ends_when_the_screen_shows_idle_twice_in_a_row() -> None:
    cancelled = [(Source.HOOK, WORKING), (Source.SCREEN, IDLE), (Source.SCREEN, IDLE)]
    assert after(*cancelled).activity is Activity.IDLE
    interrupted = [(Source.HOOK, WORKING), (Source.SCREEN, IDLE), (Source.SCREEN, WORKING), (Source.SCREEN, IDLE)]
    assert after(*interrupted).activity is Activity.WORKING


def test_the_screen_adds_dialogs_and_limits_and_takes_them_back() -> None:
    for only_seen in (WAITING, LIMITED):
        assert after((Source.HOOK, IDLE), (Source.SCREEN, only_seen)).activity is only_seen.activity
        for next_seen in (IDLE, WORKING):
            belief = after((Source.HOOK, WORKING), (Source.SCREEN, only_seen), (Source.SCREEN, next_seen))
            assert belief.activity is next_seen.activity


def test_a_look_that_began_before_the_last_hook_tells_nothing() -> None:
    belief = believe(NOTHING_YET, WORKING, Source.HOOK, 10.0, hooks_tell=True)
    assert believe(belief, WAITING, Source.SCREEN, 9.9, hooks_tell=True) is belief


def test_without_hooks_the_screen_is_believed_and_a_reading_without_activity_never() -> None:
    assert after((Source.SCREEN, WORKING), (Source.SCREEN, IDLE), hooks_tell=False).activity is Activity.IDLE
    belief = after((Source.HOOK, WORKING))
    assert believe(belief, told(Activity.UNKNOWN), Source.HOOK, 9.0, hooks_tell=True) is belief


def test_a_belief_that_is_only_confirmed_keeps_its_beginning() -> None:
    dialog = Dialog(DialogKind.PERMISSION, "run ls?")
    asked = told(Activity.WAITING, dialog=dialog)
    assert after((Source.SCREEN, asked), (Source.SCREEN, asked), (Source.HOOK, asked)).at == 1.0


def test_an_idle_agent_with_hooks_is_never_looked_at() -> None:
    idle = after((Source.HOOK, IDLE))
    assert look_after(idle, started=True, looks=3, hooks_tell=True, screen_tells=True) is None
    for belief, started in product((NOTHING_YET, after((Source.HOOK, WORKING))), (False, True)):
        wait = look_after(belief, started=started, looks=9, hooks_tell=True, screen_tells=True)
        assert wait is not None
        assert wait >= 1.0
        assert look_after(belief, started=started, looks=0, hooks_tell=False, screen_tells=False) is None


ONE, OTHER = ProcessId(10, 111), ProcessId(10, 222)


def pane(process: ProcessId | None, *, cluster: str = "ours", launch: str = "L1", really: str | None = None) -> Found:
    return Found(cluster, "anna", launch, process, really)


def test_a_process_is_adopted_by_pid_and_start_or_by_the_launch_it_carries() -> None:
    assert classify(pane(ONE), "ours", Known("L1", ONE)) is Verdict.ADOPTED
    assert classify(pane(ONE, really="L1"), "ours", Known(None, None)) is Verdict.ADOPTED


def test_a_reused_pid_or_another_program_in_our_pane_is_not_our_agent() -> None:
    assert classify(pane(OTHER), "ours", Known("L1", ONE)) is Verdict.LOST
    assert classify(pane(OTHER, really="L0"), "ours", Known("L1", ONE)) is Verdict.LOST
    assert classify(pane(None), "ours", Known("L1", ONE)) is Verdict.LOST


def test_panes_of_others_are_foreign_even_with_a_process_we_know() -> None:
    assert classify(pane(ONE, cluster="theirs", really="L1"), "ours", Known("L1", ONE)) is Verdict.FOREIGN
    assert classify(Found(None, None, None, ONE, "L1"), "ours", Known("L1", ONE)) is Verdict.FOREIGN


def test_the_ladder_is_polite_first_and_ends_with_force_for_the_whole_tree() -> None:
    rungs = ladder([Polite(("C-c",), 1.0), Polite(("C-d",), 2.0)])
    assert [rung.name for rung in rungs] == ["C-c", "C-d", "SIGINT", "SIGTERM", "SIGKILL"]
    assert rungs[3].signals == (signal.SIGTERM, signal.SIGCONT)
    assert rungs[-1].whole_tree
    assert all(rung.patience > 0 for rung in rungs)


def test_an_ending_is_told_in_names() -> None:
    killed = Ending(7.0, None, 9, ExitCause.KILLED)
    assert killed.as_json() == {"at": 7.0, "status": None, "signal": "SIGKILL", "cause": "killed"}
    assert (killed.words, Ending(7.0, 3, None, ExitCause.CRASHED).words) == ("killed by SIGKILL", "exit status 3")
    assert signal_name(63) == "SIG63"


def test_what_was_not_believed_says_why() -> None:
    working = Belief(Activity.WORKING, "hook UserPromptSubmit", Source.HOOK, 5.0)

    def doubt(reading: Reading, at: float) -> str:
        return doubt_about(working, believe(working, reading, Source.SCREEN, at, hooks_tell=True), reading, at)

    assert doubt(told(Activity.WORKING), 6.0) == ""
    assert doubt(told(Activity.LIMITED), 6.0) == ""
    assert "began before" in doubt(told(Activity.LIMITED), 4.0)
    assert "only a second look" in doubt(told(Activity.IDLE), 6.0)
    assert "says nothing" in doubt(told(Activity.UNKNOWN), 6.0)
