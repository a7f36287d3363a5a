"""The hook program as a process: it delivers, or spools, breaks nothing, and says only what the daemon has it say."""

import json
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from orchestratord.providers import report_hook
from orchestratord.providers.spool import take_spooled


def report(place: Path, payload: bytes, *, says: bytes = b"", **environ: str) -> None:
    """Run it; it must end with 0 and say nothing, or just this."""
    given = {
        "ORCHESTRATOR_AGENT": "anna",
        "ORCHESTRATOR_LAUNCH": "l1",
        "ORCHESTRATOR_SOCKET": str(place / "ctl.sock"),
        "ORCHESTRATOR_SPOOL": str(place / "spool"),
        **environ,
    }
    argv = [sys.executable, "-I", "-S", report_hook.__file__]
    done = subprocess.run(argv, input=payload, env=given, capture_output=True, timeout=60, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, says, b"")


@contextmanager
def daemon(place: Path, *, answers: bool = True, result: str = "{}") -> Iterator[list[Any]]:
    """Something that listens where the daemon would, and what it was told."""
    heard: list[Any] = []
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(place / "ctl.sock"))
        server.listen()

        def serve() -> None:
            connection, _ = server.accept()
            with connection, connection.makefile("rwb") as stream:
                heard.append(json.loads(stream.readline()))
                if answers:
                    stream.write(b'{"jsonrpc": "2.0", "id": 1, "result": %s}\n' % result.encode())
                    stream.flush()
                stream.read()

        thread = threading.Thread(target=serve)
        thread.start()
        yield heard
        thread.join()


def test_a_report_reaches_the_daemon_with_its_launch_and_the_hooks_own_json(place: Path) -> None:
    payload = {"hook_event_name": "Stop", "last_assistant_message": 'a "b"\n日本語 🎉'}
    with daemon(place) as heard:
        report(place, json.dumps(payload, ensure_ascii=False, indent=1).encode())
    assert heard[0]["method"] == "hooks.report"
    assert heard[0]["params"] == {"agent": "anna", "launch": "l1", "payload": payload}
    assert take_spooled(place / "spool") == []


def test_what_the_daemon_has_it_answer_goes_to_the_agent_cli(place: Path) -> None:
    with daemon(place, result='{"output": {"decision": "allow"}}'):
        report(place, b'{"hook_event_name": "PermissionRequest"}', says=b'{"decision": "allow"}')


def test_without_a_daemon_reports_wait_in_the_order_they_came_and_are_taken_once(place: Path) -> None:
    for number in range(3):
        report(place, json.dumps({"number": number}).encode())
    spool = place / "spool"
    assert {path.stat().st_mode & 0o777 for path in spool.iterdir()} == {0o600}
    reports = take_spooled(spool)
    assert [entry.payload["number"] for entry in reports] == [0, 1, 2]
    assert [(entry.agent, entry.launch) for entry in reports] == [("anna", "l1")] * 3
    assert reports == sorted(reports, key=lambda entry: entry.at)
    assert take_spooled(spool) == []


def test_a_daemon_that_does_not_answer_in_time_finds_the_report_in_the_spool(place: Path) -> None:
    with daemon(place, answers=False):
        report(place, b'{"hook_event_name": "Stop"}')
    assert len(take_spooled(place / "spool")) == 1


def test_a_report_too_long_for_a_line_is_shortened_and_still_json(place: Path) -> None:
    payload = {"hook_event_name": "Stop", "last_assistant_message": "x" * 3_000_000}
    report(place, json.dumps(payload).encode())
    (taken,) = take_spooled(place / "spool")
    assert taken.payload["hook_event_name"] == "Stop"
    assert 0 < len(taken.payload["last_assistant_message"]) < 100_000


@pytest.mark.parametrize("payload", [b"", b"not json", b"\xff\xfe"])
def test_nonsense_is_nobodys_trouble(place: Path, payload: bytes) -> None:
    report(place, payload)
    take_spooled(place / "spool")
    assert list((place / "spool").iterdir()) == []


def test_a_spool_that_cannot_be_written_is_nobodys_trouble(place: Path) -> None:
    (place / "spool").write_text("a file where a folder should be")
    report(place, b"{}")
    assert take_spooled(place / "spool") == []
