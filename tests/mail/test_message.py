"""Whatever is tried with a message, in whatever order, it only goes ways that there are."""

import json
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orchestratord.errors import Conflict
from orchestratord.mail.message import Message, MessageState, advance, may_become

S = MessageState
CALMLY = settings(deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
STEPS = st.lists(st.tuples(st.sampled_from(MessageState), st.floats(0.001, 100)), max_size=40)


def message(text: str = "hello", *, lives: float = 3600.0) -> Message:
    return Message(
        id="m7", sender="operator", to="anna", subject="", text=text, reply_to=None, thread="m7", urgent=False,
        created_at=1000.0, queued_at=1000.0, expires_at=1000.0 + lives, state=S.QUEUED, since=1000.0,
    )  # fmt: skip


@CALMLY
@given(STEPS)
def test_of_any_attempts_only_those_that_are_ways_leave_a_trace(steps: list[tuple[MessageState, float]]) -> None:
    now, history = 1000.0, [message()]
    for state, later in steps:
        now += later
        before = history[-1]
        if not may_become(before, state):
            with pytest.raises(Conflict, match=f"m7 is {before.state} and cannot become {state}"):
                advance(before, state, now)
            continue
        history.append(advance(before, state, now, reason="so"))
    for before, after in pairwise(history):
        if before.state.final:
            # Only a person brings back what has ended, and it begins anew.
            assert (after.state, after.attempts, after.queued_at) == (S.QUEUED, 0, after.since)
            assert before.state not in {S.ANSWERED, S.CANCELLED}
        else:
            assert after.attempts == before.attempts + (after.state is S.TYPED)
        if before.state is S.ACCEPTED:
            assert after.state.final, "what an agent has taken is never typed again by itself"
        assert after.expires_at - after.queued_at == pytest.approx(3600.0)
        assert after.letter() == before.letter()


def test_an_answer_and_a_reason_belong_to_the_state_they_came_with() -> None:
    failed = advance(advance(message(), S.ACCEPTED, 1001.0), S.FAILED, 1002.0, reason="an API error")
    assert (failed.reason, failed.since) == ("an API error", 1002.0)
    again = advance(failed, S.QUEUED, 1003.0)
    assert (again.reason, again.answer) == ("", None)
    assert advance(again, S.ANSWERED, 1004.0, answer="42").answer == "42"


@CALMLY
@given(STEPS, st.text())
def test_a_message_is_recalled_as_it_was(steps: list[tuple[MessageState, float]], text: str) -> None:
    one, now = message(text), 1000.0
    for state, later in steps:
        now += later
        one = advance(one, state, now) if may_become(one, state) else one
    facts = json.loads(json.dumps([one.letter(), {**one.standing(), "from_a_later_release": 1}]))
    assert Message.recalled(*facts) == one
    assert one.as_json()["from"] == "operator"
    assert one.as_json()["state"] == one.state


@pytest.mark.parametrize("broken", [None, 7, {}, {"state": "lost"}])
def test_what_is_no_message_is_not_recalled_as_one(broken: object) -> None:
    with pytest.raises((KeyError, TypeError, ValueError)):
        Message.recalled(message().letter(), broken)  # type: ignore[arg-type]  # as a journal may hold it
