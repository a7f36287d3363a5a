"""Standard streams that are closed, full, or not what one would like."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from tests.orchestratorctl.conftest import MakeDaemon
from tests.orchestratorctl.running_client import argv, run
from tests.orchestratorctl.scripted_daemon import AGENTS, answer


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_closed_streams_are_no_reason_to_fail_or_to_write_anywhere_else(scripted: MakeDaemon, closed: str) -> None:
    daemon = scripted(status=answer(AGENTS))
    done = subprocess.run(
        ["/bin/sh", "-c", f'exec "$@" {closed}', "sh", *argv("status", "-v")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    assert daemon.asked == [("status", {})], "nothing but the request went into the socket"


def test_a_full_disk_is_an_error_in_one_line(scripted: MakeDaemon) -> None:
    scripted(status=answer(AGENTS))
    with Path("/dev/full").open("w") as full:
        done = run("status", capture_output=False, stdout=full, stderr=subprocess.PIPE)
    assert done.returncode == 1
    assert done.stderr == f"orchestratorctl: cannot write the output: {os.strerror(28)}\n"


def test_options_may_stand_before_or_after_the_command(scripted: MakeDaemon) -> None:
    daemon = scripted(token__list=answer({"tokens": []}))
    for words in (["-o", "json", "token", "list"], ["token", "-ojson", "list"], ["token", "list", "--output=json"]):
        assert json.loads(run(*words).stdout) == {"tokens": []}
    elsewhere = run("token", "list", "--socket", str(daemon.path), environment={"ORCHESTRATOR_SOCKET": "/nowhere"})
    assert elsewhere.returncode == 0
