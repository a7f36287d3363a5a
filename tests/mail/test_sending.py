"""What may be sent, and to whom."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orchestratord.config.schema import Configuration
from orchestratord.errors import BadRequest, NoSuchAgent, NotPermitted, OrchestratorError
from orchestratord.mail.addressing import receivers
from orchestratord.mail.draft import Draft, checked, clipped

CALMLY = settings(deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
DRAFT = Draft("operator", "anna", "hello")
TEAM = Configuration.model_validate({
    "agents": [
        {"name": "boss"},
        {"name": "manager", "reports_to": "boss", "may_message": ["specialist"]},
        {"name": "anna", "role": "specialist", "reports_to": "manager", "may_message": []},
        {"name": "ben", "role": "specialist", "may_message": ["anna"]},
    ]
}).by_name  # fmt: skip


@CALMLY
@given(st.text(st.characters(codec="utf-8", min_codepoint=0xA0) | st.sampled_from("\n\t !Aaz~")))
def test_any_text_that_a_terminal_only_shows_stays_as_it_is(text: str) -> None:
    if text.strip():
        assert checked(replace(DRAFT, text=text), 1 << 20).text == text


def test_line_ends_of_other_systems_become_newlines() -> None:
    assert checked(replace(DRAFT, text="a\r\nb\rc\n"), 100).text == "a\nb\nc\n"


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"text": "\x1b[201~rm -rf /\r"}, r"control character U\+001B at character 0"),
        ({"text": "a\x9b201~"}, r"U\+009B at character 1"),
        ({"text": "a\0"}, r"U\+0000"),
        ({"text": "a\udc80"}, "half a character at character 1"),
        ({"text": " \n"}, "empty"),
        ({"text": "漢" * 34}, "102 bytes and may have 100 "),
        ({"subject": "a\nb"}, "one line"),
        ({"subject": "a\x07b"}, r"subject holds .* U\+0007"),
        ({"subject": "s" * 201}, "200 characters"),
    ],
)
def test_what_could_not_arrive_as_it_is_is_refused(given: dict[str, str], words: str) -> None:
    with pytest.raises(BadRequest, match=words):
        checked(replace(DRAFT, **given), 100)  # type: ignore[arg-type]  # only texts are given


@CALMLY
@given(st.text(), st.integers(0, 50))
def test_what_is_clipped_is_cut_between_characters(text: str, largest: int) -> None:
    kept = clipped(text, largest)
    assert text.startswith(kept)
    assert len(kept.encode()) <= largest or kept == text
    assert kept == text or len(text[: len(kept) + 1].encode()) > largest


@pytest.mark.parametrize(
    ("sender", "to", "expected"),
    [
        ("operator", "anna", ["anna"]),
        ("operator", "specialist", ["anna", "ben"]),
        ("operator", "all", ["boss", "manager", "anna", "ben"]),
        ("boss", "all", ["manager", "anna", "ben"]),
        ("manager", "boss", ["boss"]),
        ("manager", "all", ["boss", "anna", "ben"]),
        ("anna", "manager", ["manager"]),
        ("anna", "operator", ["operator"]),
        ("anna", "all", ["manager"]),
        ("anna", "ben", NotPermitted),
        ("anna", "boss", NotPermitted),
        ("ben", "specialist", ["anna"]),
        ("ben", "manager", NotPermitted),
        ("anna", "anna", BadRequest),
        ("boss", "bosses", NoSuchAgent),
    ],
)
def test_a_message_goes_to_whom_its_sender_means_and_may_write(
    sender: str, to: str, expected: list[str] | type[OrchestratorError]
) -> None:
    if isinstance(expected, list):
        assert receivers(TEAM, sender, to) == expected
        return
    with pytest.raises(expected):
        receivers(TEAM, sender, to)


def test_whoever_was_written_to_may_write_back() -> None:
    assert receivers(TEAM, "anna", "ben", replying=True) == ["ben"]


def test_a_receiver_that_is_not_there_is_answered_with_the_one_that_was_meant() -> None:
    with pytest.raises(NoSuchAgent, match="no agent or role 'manger'; did you mean 'manager'"):
        receivers(TEAM, "operator", "manger")
