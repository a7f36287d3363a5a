"""The control connection: words arrive exactly, deadlines hold, what is lost comes back."""

import asyncio
import os
import signal
import subprocess
from pathlib import Path

import psutil
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orchestratord.errors import TmuxUnavailable
from orchestratord.tmux.control import Control
from orchestratord.tmux.failures import CommandFailed
from orchestratord.tmux.place import Place
from orchestratord.tmux.quoting import quote
from orchestratord.tmux.session import SessionKeeper
from tests.wait import eventually

WORDS = [
    "plain", "two words", "it's", 'say "yes"', "back\\slash", "semi; colon;", "$HOME ${HOME} ~ ~root",
    "#{pane_id} #(date)", "日本語と😀", "tab\tand\nline\r\nbreaks\n", "\x1b[31mred\x07", "-x", "{braces}", "%if",
    "a=b", "e\u0301", "#comment",
]  # fmt: skip


async def there_and_back(control: Control, word: str) -> str:
    """The word through tmux's parser into a paste buffer, and read out of it by a file."""
    await control.command("set-buffer", "-b", "test", "--", word)
    target = Path(os.environ["TEST_BUFFER"])
    await control.command("save-buffer", "-b", "test", str(target))
    return await asyncio.to_thread(lambda: target.read_bytes().decode())


@pytest.fixture
def buffer(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_BUFFER", str(place / "buffer"))


async def test_odd_words_arrive_exactly(control: Control, buffer: None) -> None:
    for word in WORDS:
        assert await there_and_back(control, word) == word


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(word=st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1, max_size=60))
def test_any_text_is_one_line_of_the_protocol(word: str) -> None:
    quoted = quote(word)
    assert "\n" not in quoted
    assert "\r" not in quoted


def test_a_nul_byte_is_refused_before_it_is_sent() -> None:
    with pytest.raises(ValueError, match="NUL"):
        quote("a\0b")


async def test_many_commands_at_once_get_their_own_answers(control: Control) -> None:
    answers = await asyncio.gather(*(control.command("display-message", "-p", f"n{n}") for n in range(500)))
    assert answers == [[f"n{n}"] for n in range(500)]


async def test_a_refusal_carries_tmuxs_words(control: Control) -> None:
    with pytest.raises(CommandFailed, match="unknown command: no-such"):
        await control.command("no-such")
    assert await control.command("display-message", "-p", "goes on") == ["goes on"]


async def test_a_server_that_hangs_costs_its_deadline_and_late_answers_are_not_mistaken(control: Control) -> None:
    (server,) = await control.command("display-message", "-p", "#{pid}")
    os.kill(int(server), signal.SIGSTOP)
    try:
        with pytest.raises(TmuxUnavailable, match=r"not answered within 0\.1 s"):
            await control.command("display-message", "-p", "late", deadline=0.1)
    finally:
        os.kill(int(server), signal.SIGCONT)
    assert await control.command("display-message", "-p", "in time") == ["in time"]


async def test_a_killed_client_is_reported_and_replaced(server: Place, keeper: SessionKeeper) -> None:
    await keeper.ensure(1)
    losses: list[None] = []
    control = Control(server, "test", on_lost=lambda: losses.append(None))
    await control.connect()
    (client,) = [child for child in psutil.Process().children() if "attach-session" in child.cmdline()]
    client.kill()
    await eventually(lambda: losses)
    assert await control.command("display-message", "-p", "again") == ["again"]
    await control.close()
    assert len(losses) == 1, "closing on purpose is no loss"


async def test_the_servers_death_is_noticed_and_then_said(server: Place, keeper: SessionKeeper) -> None:
    await keeper.ensure(1)
    losses: list[None] = []
    control = Control(server, "test", on_lost=lambda: losses.append(None))
    await control.connect()
    await asyncio.to_thread(subprocess.run, [*server.argv(), "kill-server"], check=True)
    await eventually(lambda: losses)
    with pytest.raises(TmuxUnavailable):
        await control.command("display-message", "-p", "x")
    assert not await keeper.exists()
    await control.close()


async def test_without_tmux_the_word_says_so(server: Place, monkeypatch: pytest.MonkeyPatch, place: Path) -> None:
    monkeypatch.setenv("PATH", str(place))
    with pytest.raises(TmuxUnavailable, match="not installed"):
        await Control(server, "test").connect()
    with pytest.raises(TmuxUnavailable, match="not installed"):
        await SessionKeeper(server, "test").ensure(1)
