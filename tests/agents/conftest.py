"""Real agent CLIs, offline: installed once, each test with a HOME of its own against the stub of their API."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.agents import installer, offline
from tests.agents.claude_pane import ClaudePane
from tests.agents.offline import OfflineNetwork, StubApi


@pytest.fixture(scope="session")
def claude() -> Path:
    """The pinned Claude Code."""
    if lacking := installer.missing() or offline.missing():
        pytest.skip(lacking)
    return installer.claude()


@pytest.fixture(scope="session")
def network() -> Iterator[OfflineNetwork]:
    if lacking := offline.missing():
        pytest.skip(lacking)
    made = OfflineNetwork()
    yield made
    made.close()


@pytest.fixture(scope="session")
def api(network: OfflineNetwork) -> Iterator[StubApi]:
    with StubApi(network) as stub:
        yield stub


@pytest.fixture(scope="session")
def api_of_others(network: OfflineNetwork) -> Iterator[StubApi]:
    """What codex, gemini and opencode talk to."""
    with StubApi(network, offline.STUB_OF_OTHERS) as stub:
        yield stub


@pytest.fixture
def pane(place: Path, tmux_socket: Path, claude: Path, network: OfflineNetwork, api: StubApi) -> ClaudePane:
    """A pane for one Claude Code, at first with nothing in it."""
    return ClaudePane(place, tmux_socket, claude, network, api)
