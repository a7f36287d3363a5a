"""What stands in Claude Code's prompt box: captured from 2.1.197 at 120x40, each text pasted, none of them sent."""

import pytest

from orchestratord.providers.base import Composer
from orchestratord.providers.claude import ClaudeProvider
from tests.providers.test_claude_screen import captured

RULE = "─" * 60


def composer(name: str) -> Composer | None:
    return ClaudeProvider().read_composer(captured(name)[0])


@pytest.mark.parametrize("name", ["idle", "answered", "working", "queued", "error"])
def test_an_empty_box_is_empty_whatever_is_shown_around_it(name: str) -> None:
    found = composer(name)
    assert found is not None
    assert (found.text, found.collapsed) == ("", False)


def test_the_example_that_a_new_conversation_shows_is_no_draft() -> None:
    screen = captured("composer_one_line")[0].replace(
        "Good morning, please look at the harvest.", 'Try "fix lint errors"'
    )
    assert ClaudeProvider().read_composer(screen) == Composer("")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("composer_one_line", "Good morning, please look at the harvest."),
        ("composer_two_lines", "Good morning.\nPlease look at the harvest."),
        ("composer_three_blank", "one\n\nthree"),
        ("composer_tabs", "a    b    c"),
        ("composer_indent", "def x:\n    return 1\n    return 2"),
        ("composer_slash", "/help me"),
        ("composer_at_end", "look at @wo"),
        ("composer_hash", "# remember this"),
        ("composer_prompt_char", "❯ 1. Yes\n❯ 2. No"),
        ("composer_rule_in", f"one\n{RULE}\n❯ two"),
        ("draft", "hello draft"),
        ("working_draft", "draft while working"),
        ("cancelled", "wait 20"),
    ],
)
def test_a_text_is_read_as_it_is_shown(name: str, text: str) -> None:
    found = composer(name)
    assert found is not None
    assert (found.text, found.collapsed) == (text, False)


def test_a_wrapped_text_is_whole_but_for_its_line_ends() -> None:
    found = composer("composer_long_line_790")
    assert found is not None
    assert found.text.split() == ["word"] * 158


def test_an_emoji_wrapped_in_its_middle_loses_its_joiner() -> None:
    found = composer("composer_ja_wrapped")
    assert found is not None
    assert "👩\n🌾" in found.text
    assert found.text.replace("\n", "").replace("\u200d", "") == "収穫は終わりました。🌾👩🌾" * 15


@pytest.mark.parametrize(("name", "lines"), [("composer_folded_lines", 3), ("composer_folded_line", 0)])
def test_a_folded_paste_says_how_many_line_ends_it_has(name: str, lines: int) -> None:
    found = composer(name)
    assert found is not None
    assert found.lines == lines


@pytest.mark.parametrize("name", ["permission", "trust", "composer_bang"])
def test_where_a_text_would_not_be_a_prompt_there_is_no_box(name: str) -> None:
    assert composer(name) is None
