"""Whatever is quoted arrives unchanged."""

import asyncio
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestratord.errors import BadRequest
from orchestratord.tmux.control import Control
from orchestratord.tmux.pane import Pane
from orchestratord.tmux.quoting import timed_format_text, word
from tests.tmux.conftest import Witness

ODD_WORDS = [
    "two words", "'single' \"double\"", "a;b", ";", "end;", "#{pane_id}", "#[fg=red]#(date)##", "$HOME ${HOME}", "~",
    "~root", "line\nbreak\r\ttab", "日本語 はい", "👍🏽", "back\\slash\\", "%1 %if %%", "{ }", "-t", "--", "",
    "\x1b[31m\x7f", "`id`", "a=b", "*?[",
]  # fmt: skip

_SPECIAL = st.sampled_from("#[]{}$~;%\\\"' \n\r\t\x01\x1b\x7fé日👍")
_TEXTS = st.text(
    st.one_of(_SPECIAL, st.characters(exclude_categories=["Cs"], exclude_characters="\0")), min_size=1, max_size=40
)


async def test_odd_words_arrive_exactly_as_arguments_environment_and_directory(
    pane: Pane, witness: Witness, place: Path
) -> None:
    folder = place / "#{pane_id} ##[x] #[y] %H $HOME 日本;"
    folder.mkdir()
    odd = {f"ODD_{at}": text for at, text in enumerate(ODD_WORDS)}
    await pane.respawn(witness.argv(*ODD_WORDS), {**odd, **witness.env}, folder)
    told = await witness.told()
    assert told.argv == ODD_WORDS
    assert {name: told.env.get(name) for name in odd} == odd
    assert told.cwd == str(folder)


async def test_any_text_reaches_tmux_as_it_is(control: Control, place: Path) -> None:
    @settings(max_examples=200, deadline=None)
    @given(_TEXTS)
    def quoted(text: str) -> None:
        texts.append(text)

    texts: list[str] = []
    await asyncio.to_thread(quoted)
    for text in texts:
        # Into a file, since later versions of tmux print control characters as escapes.
        await control.commands(
            ("set-buffer", "-b", "odd", "--", text), ("save-buffer", "-b", "odd", str(place / "odd"))
        )
        assert (await asyncio.to_thread((place / "odd").read_bytes)).decode() == text


async def test_text_where_formats_are_expanded_stays_text(control: Control) -> None:
    @settings(max_examples=200, deadline=None)
    @given(st.text("#[]{}(),%ST a", max_size=12))
    def quoted(text: str) -> None:
        texts.append(text)

    texts: list[str] = []
    await asyncio.to_thread(quoted)
    for text in texts:
        assert await control.command("display-message", "-p", f"<{timed_format_text(text)}>") == [f"<{text}>"]


def test_a_nul_is_refused_before_tmux_sees_it() -> None:
    with pytest.raises(BadRequest, match="NUL"):
        word("a\0b")
