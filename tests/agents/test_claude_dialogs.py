"""The keys and the hook's answers that Claude Code's provider knows, held to the real one's dialogs."""

import json
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from orchestratord.providers.base import Activity, Dialog, DialogKind
from tests.agents.claude_pane import ClaudePane
from tests.wait import until

pytestmark = [pytest.mark.agents, pytest.mark.timeout(300)]


def dialog_of(pane: ClaudePane, activity: Activity = Activity.WAITING) -> Dialog:
    dialog = until(lambda: pane.wait_for(activity).dialog)
    assert dialog is not None
    return dialog


@contextmanager
def answering(path: Path, pane: ClaudePane, *, allow: bool) -> Iterator[None]:
    """Something that answers hooks where the daemon would, with yes or no to every tool."""

    class Answer(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            payload = json.loads(self.rfile.readline())["params"]["payload"]
            asked = pane.provider.asked_tool(payload)
            result = {"output": pane.provider.hook_answer(allow=allow)} if asked else {}
            self.wfile.write(json.dumps({"jsonrpc": "2.0", "id": 1, "result": result}).encode() + b"\n")

    with socketserver.ThreadingUnixStreamServer(str(path), Answer) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("allow", [True, False], ids=["yes", "no"])
def test_the_digit_of_an_option_answers_a_permission_dialog(pane: ClaudePane, allow: bool) -> None:
    pane.start()
    pane.wait_for(Activity.IDLE)
    pane.type("use tool touch made")
    dialog = dialog_of(pane)
    keys = pane.provider.approve_keys(dialog) if allow else pane.provider.deny_keys(dialog)
    assert keys in {("1",), ("3",)}
    pane.keys(*keys)
    until(lambda: ("The tool has run." if allow else "Interrupted") in pane.screen())
    assert (pane.work / "made").exists() is allow


@pytest.mark.parametrize("allow", [True, False], ids=["yes", "no"])
def test_a_hooks_answer_stands_for_a_humans(pane: ClaudePane, allow: bool) -> None:
    with answering(pane.work.parent / "nobody.sock", pane, allow=allow):
        pane.start()
        pane.wait_for(Activity.IDLE)
        pane.type("use tool touch made")
        until(lambda: "The tool has run." in pane.screen())
        pane.wait_for(Activity.IDLE)
    assert (pane.work / "made").exists() is allow


def test_an_untrusted_folder_is_trusted_by_a_digit(pane: ClaudePane) -> None:
    elsewhere = pane.work.parent / "elsewhere"
    elsewhere.mkdir()
    pane.start(work=elsewhere)
    dialog = dialog_of(pane)
    assert dialog.kind is DialogKind.TRUST
    assert pane.provider.deny_keys(dialog) == ("2",)
    pane.keys(*pane.provider.approve_keys(dialog))
    pane.hear("SessionStart")
    pane.wait_for(Activity.IDLE)


def test_the_dialog_of_a_used_up_limit_is_left_by_a_digit(pane: ClaudePane) -> None:
    pane.start(ANTHROPIC_API_KEY="", CLAUDE_CODE_OAUTH_TOKEN="sk-ant-oat01-dummy")
    pane.wait_for(Activity.IDLE)
    pane.type("limit")
    dialog = dialog_of(pane, Activity.LIMITED)
    assert dialog.kind is DialogKind.USAGE_LIMIT
    pane.keys(*pane.provider.approve_keys(dialog))
    until(lambda: pane.provider.read_composer(pane.screen()) is not None)
    assert pane.wait_for(Activity.LIMITED).dialog is None
