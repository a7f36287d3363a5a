"""Each next step of a delivery, as a decision from what is known and seen."""

from dataclasses import replace
from typing import Any

import pytest

from orchestratord.agents.entry import Look
from orchestratord.agents.states import State
from orchestratord.agents.turns import Turn, TurnKind
from orchestratord.mail.answers import outcome_of
from orchestratord.mail.delivery import Attempt, Receiver, Rules, Step, decide, noted
from orchestratord.mail.message import Message, MessageState
from orchestratord.mail.rendering import rendered
from orchestratord.providers.base import Activity, Composer, Dialog, DialogKind, Reading

NOW = 1000.0
QUEUED = Message(
    id="m7", sender="operator", to="anna", subject="", text="こんにちは, anna\nhow are you?", reply_to=None,
    thread="m7", urgent=False, created_at=NOW, queued_at=NOW, expires_at=NOW + 60, state=MessageState.QUEUED, since=NOW,
)  # fmt: skip
TYPED = replace(QUEUED, state=MessageState.TYPED, attempts=1)
SUBMITTED = replace(TYPED, state=MessageState.SUBMITTED)
ACCEPTED = replace(TYPED, state=MessageState.ACCEPTED)
IDLE = Receiver(State.IDLE, NOW - 10, "hook Stop", "launch-1", held=False)
BEGUN = Attempt("m7", "launch-1")
PASTED = replace(BEGUN, pasted_at=NOW)
PRESSED = replace(PASTED, pressed_at=NOW, presses=1)
PROMPT = Reading(Activity.IDLE, "screen: prompt")
OWN = Composer("   ".join(rendered(QUEUED).split("\n")))
"""As the box shows it: wrapped, so only without white space it is the same."""
EMPTY = Composer("")
DRAFT = Composer("a human's dra")


def seen(composer: Composer | None, reading: Reading | None = PROMPT, **more: Any) -> Look:
    fields = {"launch": "launch-1", "in_mode": False, "attached": 0, "last_key_at": None, **more}
    return Look(at=NOW, screen="", title="", composer=composer, reading=reading, **fields)


def step(message: Message, attempt: Attempt | None, look: Look | None, now: float = NOW, **rules: Any) -> Step:
    return decide(message, IDLE, attempt, look, Rules(**rules), now).step


def test_on_its_way_each_act_is_written_down_first_and_follows_a_look_of_its_own() -> None:
    assert step(QUEUED, None, None) is Step.LOOK
    assert step(QUEUED, None, seen(EMPTY)) is Step.BEGIN
    assert step(TYPED, BEGUN, None) is Step.LOOK
    assert step(TYPED, BEGUN, seen(EMPTY)) is Step.PASTE
    assert step(TYPED, PASTED, seen(EMPTY)) is Step.AGAIN
    assert step(TYPED, PASTED, seen(OWN)) is Step.COMMIT
    assert step(SUBMITTED, PASTED, None) is Step.LOOK
    assert step(SUBMITTED, PASTED, seen(OWN)) is Step.PRESS
    assert step(SUBMITTED, PRESSED, seen(EMPTY)) is Step.AGAIN


DIALOG = Reading(Activity.WAITING, "screen: dialog", dialog=Dialog(DialogKind.PERMISSION, "Do you want to proceed?"))
HINDRANCES = {
    "a dialog": seen(None, DIALOG),
    "a dialog beside a box": seen(OWN, DIALOG),
    "no box": seen(None, None),
    "a draft": seen(DRAFT),
    "a draft behind the text": seen(Composer(OWN.text + DRAFT.text)),
    "another paste": seen(Composer("[Pasted text #1 +19 lines]", lines=19)),
    "a human who scrolls": seen(OWN, in_mode=True),
    "a human who has just typed": seen(OWN, attached=1, last_key_at=NOW - 2),
    "work": seen(OWN, Reading(Activity.WORKING, "screen: esc to interrupt")),
    "another launch": seen(OWN, launch="launch-2"),
}


@pytest.mark.parametrize("what", HINDRANCES)
@pytest.mark.parametrize(("message", "attempt"), [(QUEUED, None), (TYPED, BEGUN), (TYPED, PASTED), (SUBMITTED, PASTED)])
def test_nothing_is_typed_and_no_key_pressed_into(what: str, message: Message, attempt: Attempt | None) -> None:
    assert step(message, attempt, HINDRANCES[what]) is Step.AGAIN


@pytest.mark.parametrize("state", [state for state in State if state is not State.IDLE])
def test_only_an_idle_agent_that_nobody_holds_is_even_looked_at(state: State) -> None:
    assert decide(QUEUED, replace(IDLE, state=state), None, None, Rules(), NOW).step is Step.REST
    assert decide(QUEUED, replace(IDLE, held=True), None, None, Rules(), NOW).step is Step.REST


def test_a_working_agent_gets_it_where_its_cli_shall_queue_it() -> None:
    at_work, look = replace(IDLE, state=State.WORKING), seen(EMPTY, Reading(Activity.WORKING, "screen: spinner"))
    rules = Rules(queue_while_working=True)
    assert decide(QUEUED, at_work, None, None, rules, NOW).step is Step.LOOK
    assert decide(QUEUED, at_work, None, look, rules, NOW).step is Step.BEGIN


def test_a_folded_text_is_known_by_its_lines_and_only_after_its_paste() -> None:
    lines = rendered(QUEUED).count("\n")
    folded = seen(Composer(f"[Pasted text #3 +{lines} lines]", lines=lines))
    assert step(TYPED, PASTED, folded) is Step.COMMIT
    assert step(QUEUED, None, folded) is Step.AGAIN
    assert step(TYPED, PASTED, seen(Composer("[Pasted text #3 +1 lines]", lines=lines + 1))) is Step.AGAIN


def test_a_lost_enter_is_pressed_again_in_ever_longer_intervals() -> None:
    assert step(SUBMITTED, PRESSED, seen(OWN), NOW + 0.9) is Step.AGAIN
    assert step(SUBMITTED, PRESSED, seen(OWN), NOW + 1.0) is Step.PRESS
    assert step(SUBMITTED, replace(PRESSED, presses=3), seen(OWN), NOW + 3.9) is Step.AGAIN
    assert step(SUBMITTED, replace(PRESSED, presses=9), seen(OWN), NOW + 4.0) is Step.PRESS


def test_what_was_swallowed_is_typed_again_but_not_before_it_is_sure() -> None:
    assert step(TYPED, PASTED, seen(EMPTY), NOW + 5.9) is Step.AGAIN
    assert step(TYPED, PASTED, seen(EMPTY), NOW + 6.0) is Step.REQUEUE
    emptied = noted(SUBMITTED, PRESSED, seen(EMPTY))
    assert step(SUBMITTED, emptied, seen(EMPTY), NOW + 5.9) is Step.AGAIN
    assert step(SUBMITTED, emptied, seen(EMPTY), NOW + 6.0) is Step.REQUEUE
    assert noted(SUBMITTED, emptied, seen(EMPTY, Reading(Activity.WORKING, "screen: spinner"))).emptied_at is None
    assert step(replace(QUEUED, attempts=4), None, seen(EMPTY)) is Step.BEGIN
    assert step(replace(QUEUED, attempts=5), None, None) is Step.BURY


def test_with_the_launch_goes_what_was_typed_into_it_and_what_it_was_answering() -> None:
    anew = replace(IDLE, launch="launch-2")
    for message, follows in ((TYPED, Step.REQUEUE), (SUBMITTED, Step.REQUEUE), (ACCEPTED, Step.FAIL)):
        for receiver in (anew, replace(IDLE, launch=None, state=State.BACKOFF)):
            assert decide(message, receiver, PRESSED, None, Rules(), NOW).step is follows
    assert decide(QUEUED, None, None, None, Rules(), NOW).step is Step.FAIL


def test_a_turn_that_ends_without_a_word_was_cancelled_unless_the_word_is_late() -> None:
    at_rest = replace(IDLE, since=NOW + 5)
    assert decide(ACCEPTED, replace(IDLE, state=State.WORKING), PRESSED, None, Rules(), NOW + 99).step is Step.REST
    assert decide(ACCEPTED, replace(IDLE, state=State.WAITING), PRESSED, None, Rules(), NOW + 99).step is Step.REST
    assert decide(ACCEPTED, at_rest, PRESSED, None, Rules(), NOW + 10.9).step is Step.AGAIN
    assert decide(ACCEPTED, at_rest, PRESSED, None, Rules(), NOW + 11).step is Step.FAIL


def test_what_a_draft_blocks_until_its_time_is_over_expires() -> None:
    assert step(TYPED, PASTED, seen(Composer(OWN.text + DRAFT.text)), NOW + 60) is Step.EXPIRE
    assert step(TYPED, PASTED, seen(OWN), NOW + 60) is Step.COMMIT
    assert decide(TYPED, replace(IDLE, held=True), BEGUN, None, Rules(), NOW + 60).step is Step.EXPIRE


def turn(kind: TurnKind, at: float = NOW + 1, launch: str = "launch-1", **words: str) -> Turn:
    return Turn("anna", launch, kind, at, **words)


def test_it_is_accepted_by_the_prompt_that_is_its_own_text_told_after_it_was_typed() -> None:
    own = rendered(QUEUED).replace("\n", "\r\n") + "\n"
    for message in (TYPED, SUBMITTED):
        outcome = outcome_of(turn(TurnKind.PROMPT, prompt=own), message, PASTED)
        assert outcome is not None
        assert outcome.states == (MessageState.ACCEPTED,)
    assert outcome_of(turn(TurnKind.PROMPT, prompt=own + "."), SUBMITTED, PASTED) is None
    assert outcome_of(turn(TurnKind.PROMPT, prompt=own, at=NOW - 1), SUBMITTED, PASTED) is None
    assert outcome_of(turn(TurnKind.PROMPT, prompt=own, launch="launch-0"), SUBMITTED, PASTED) is None
    assert outcome_of(turn(TurnKind.PROMPT, prompt=own), TYPED, BEGUN) is None


def test_its_end_is_the_first_end_of_a_turn_after_that() -> None:
    attempt = replace(PRESSED, accepted_at=NOW)
    answered = outcome_of(turn(TurnKind.ANSWERED, reply="I am well."), ACCEPTED, attempt)
    assert answered is not None
    assert (answered.states, answered.answer) == ((MessageState.ANSWERED,), "I am well.")
    failed = outcome_of(turn(TurnKind.FAILED, error="API Error: 500"), ACCEPTED, attempt)
    assert failed is not None
    assert (failed.states, failed.reason) == ((MessageState.FAILED,), "API Error: 500")
    assert outcome_of(turn(TurnKind.ANSWERED, reply="older", at=NOW - 1), ACCEPTED, attempt) is None
    assert outcome_of(turn(TurnKind.DIALOG), ACCEPTED, attempt) is None
    assert outcome_of(turn(TurnKind.ANSWERED, reply="somebody else's"), SUBMITTED, PRESSED) is None
