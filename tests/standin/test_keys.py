"""From bytes to keys to the text in the box; time is handed in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestratord.standin.composer import Composer
from orchestratord.standin.keys import Key, KeyReader, Paste, Typed


def test_keys_text_and_pastes_are_told_apart() -> None:
    read = KeyReader().feed("abc\r\x03\x1b[200~x\r\ny\x1b[201~\x1b[A\x7fé".encode())
    assert read == ["abc", "enter", "ctrl-c", "x\ny", "up", "backspace", "é"]
    assert [type(event) for event in read] == [Typed, Key, Key, Paste, Key, Key, Typed]


@given(st.text(st.characters(exclude_characters="\x1b\r", exclude_categories=["Cs"])), st.integers(1, 7))
def test_a_paste_arrives_whole_in_whatever_portions_it_comes(text: str, portion: int) -> None:
    data = f"\x1b[200~{text}\x1b[201~\r".encode()
    reader = KeyReader()
    events = [event for at in range(0, len(data), portion) for event in reader.feed(data[at : at + portion])]
    assert events == [text, "enter"]


def test_an_esc_alone_is_a_key_only_when_nothing_follows() -> None:
    reader = KeyReader()
    assert reader.feed(b"\x1b") == []
    assert reader.unsure
    assert reader.flush() == ["escape"]
    assert reader.feed(b"\x1b") + reader.feed(b"[B") == ["down"]


@pytest.mark.parametrize("pause", [0.0, 0.05])
def test_an_enter_right_behind_a_large_burst_without_brackets_is_lost_and_a_second_one_sends_all(pause: float) -> None:
    composer = Composer()
    for number in range(5):
        composer.type("x" * 1000, now=number * 0.05)
    last = 0.2
    assert composer.enter(last + pause) is None
    assert composer.shown() == "[Pasted text #1 +1 lines]"
    assert composer.enter(last + 1.0) == "x" * 5000
    assert composer.empty


def test_a_paste_in_brackets_is_sent_with_the_first_enter_and_long_ones_are_folded() -> None:
    composer = Composer()
    composer.type("see: ", now=0.0)
    composer.paste("a\nb\nc\nd")
    composer.paste("short")
    assert composer.shown() == "see: [Pasted text #1 +3 lines]short"
    assert composer.enter(0.0) == "see: a\nb\nc\ndshort"


def test_a_folded_paste_is_deleted_as_one() -> None:
    composer = Composer()
    composer.type("ab", now=0.0)
    composer.paste("y" * 900)
    composer.backspace()
    composer.backspace()
    assert composer.shown() == "a"
