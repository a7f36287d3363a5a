"""The same answer in five forms, and nothing in any of them that could steer a terminal."""

import json
import re
import subprocess

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from orchestratorctl.printable import escape_json, plain, width_of
from tests.orchestratorctl.conftest import MakeDaemon
from tests.orchestratorctl.running_client import OnTerminal, argv, run
from tests.orchestratorctl.scripted_daemon import agent, answer

STATUS = {
    "cluster": {"name": "村"},
    "agents": [
        agent("anna", "working", role="村長"),
        agent("ben", "failed", reason="\x1b[31mcrashed\x1b[0m\x07 5 times"),
    ],
}


def test_every_form_holds_the_same_answer(scripted: MakeDaemon) -> None:
    scripted(status=answer(STATUS))
    written = {form: run("status", "-o", form).stdout for form in ("table", "json", "jsonl", "yaml", "name")}
    assert json.loads(written["json"]) == STATUS
    assert [json.loads(line) for line in written["jsonl"].splitlines()] == STATUS["agents"]
    assert yaml.safe_load(written["yaml"]) == STATUS
    assert written["name"] == "anna\nben\n"
    headline, headings, anna, ben = written["table"].splitlines()
    assert headline == "村  1 working, 1 failed"
    assert headings.split() == ["AGENT", "ROLE", "STATE", "FOR", "PID", "PANE", "RESTARTS", "WHY"]
    assert anna.split() == ["anna", "村長", "working", "-", "4711", "%1", "0", "-"]
    assert ben.split()[-3:] == ["crashed\\x07", "5", "times"]
    assert anna.index("working") + 2 == ben.index("failed"), "a wide character takes two columns"


@pytest.mark.parametrize("form", ["table", "json", "jsonl", "yaml", "name"])
def test_no_form_lets_a_control_character_through(scripted: MakeDaemon, form: str) -> None:
    evil = "\x1b]0;owned\x07\x1b[2J\x9b31m\u202e\x00\x7f\x85\r\n\ud800"
    scripted(status=answer({"cluster": {"name": evil}, "agents": [agent(f"a{evil}", reason=evil)]}))
    done = subprocess.run(argv("status", "-o", form), capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\ud800-\udfff]", done.stdout.decode())


def test_a_locale_without_utf_8_gets_escapes_and_json_stays_json(scripted: MakeDaemon) -> None:
    scripted(status=answer(STATUS))
    bare = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    assert json.loads(run("status", "-o", "json", environment=bare).stdout) == STATUS
    assert yaml.safe_load(run("status", "-o", "yaml", environment=bare).stdout) == STATUS
    table = run("status", environment=bare)
    assert table.returncode == 0
    assert "\\u6751" in table.stdout


def test_colours_are_for_terminals_that_want_them(scripted: MakeDaemon) -> None:
    scripted(status=answer(STATUS))
    assert "\x1b" not in run("status").stdout
    for environment, coloured in (({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)):
        with OnTerminal("status", environment=environment) as terminal:
            assert terminal.end() == 0
            assert ("\x1b[36mworking" in terminal.seen) == coloured


def test_on_a_terminal_no_line_is_longer_than_it_is_wide(scripted: MakeDaemon) -> None:
    scripted(status=answer({"agents": [agent("anna", reason="因" * 200)]}))
    with OnTerminal("status", environment={"NO_COLOR": "1"}) as terminal:
        terminal.end()
        assert max(map(width_of, terminal.seen.splitlines())) == 100


@given(st.text())
def test_whatever_a_pane_shows_cannot_steer_the_terminal(text: str) -> None:
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\ud800-\udfff]", plain(text))
    assert json.loads(escape_json(json.dumps(text, ensure_ascii=False))) == text


def test_escape_sequences_go_and_the_words_between_them_stay() -> None:
    assert plain("\x1b[1;31mred\x1b[0m \x1b]8;;http://x\x1b\\link\x1b]8;;\x07\x1b(B\r\nnext") == "red link\nnext"
