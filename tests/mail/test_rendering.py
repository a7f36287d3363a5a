"""What an agent sees of a message."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestratord.mail.message import Message, MessageState
from orchestratord.mail.rendering import alike, rendered
from orchestratord.standin.letter import text_of


def message(text: str, subject: str = "", reply_to: str | None = None) -> Message:
    return Message(
        id="m7", sender="anna", to="ben", subject=subject, text=text, reply_to=reply_to, thread="m7", urgent=False,
        created_at=0.0, queued_at=0.0, expires_at=1.0, state=MessageState.QUEUED, since=0.0,
    )  # fmt: skip


@given(st.text(), st.sampled_from(["", "the harvest]", "収穫 [1]"]), st.sampled_from([None, "m3"]))
def test_the_text_stands_unaltered_between_two_lines_whatever_it_holds(
    text: str, subject: str, reply_to: str | None
) -> None:
    shown = rendered(message(text, subject, reply_to))
    head, below = shown.split("\n", 1)
    assert head.startswith("[message m7 from anna")
    assert below == f"{text}\n[end of message m7; what you say last is your answer to it]"
    assert text_of(shown) == text, "the stand-in takes it apart again"


def test_the_line_says_what_the_message_is_about_and_what_it_replies_to() -> None:
    head = rendered(message("hi", "the harvest", "m3")).split("\n")[0]
    assert head == "[message m7 from anna in reply to m3 about the harvest]"


@pytest.mark.parametrize(
    ("written", "seen"),
    [
        ("one two  \n\tthree", "one\ntwo\n    three"),
        ("か\u3099\r\n", "が"),
        ("収穫👩\u200d🌾", "収穫👩\n🌾"),
        ("👨\u200d👩\u200d👧\u200d👦 👍🏽", "👨\u200d👩\u200d👧\u200d 👍"),
        ("left\u202cright", "left\ufffdright"),
    ],
)
def test_a_text_is_known_again_after_a_terminal_has_wrapped_and_composed_it(written: str, seen: str) -> None:
    assert alike(written, seen)


def test_a_text_with_one_letter_more_is_another_one() -> None:
    assert not alike("touch made", "touch made!")
    assert not alike("収穫", "収穫。")
