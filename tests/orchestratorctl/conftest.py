"""A socket to script, and an environment in which nothing but the test's own daemon can be found."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.orchestratorctl.scripted_daemon import Script, ScriptedDaemon

MakeDaemon = Callable[..., ScriptedDaemon]


@pytest.fixture
def socket(place: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the client looks for its daemon."""
    path = place / "ctl.sock"
    monkeypatch.setenv("ORCHESTRATOR_SOCKET", str(path))
    monkeypatch.delenv("NO_COLOR", raising=False)
    return path


@pytest.fixture
def scripted(socket: Path) -> Iterator[MakeDaemon]:
    """Start a daemon that answers as the scripts say."""
    with ExitStack() as running:

        def start(**scripts: Script) -> ScriptedDaemon:
            return running.enter_context(ScriptedDaemon(socket, **scripts))

        yield start
