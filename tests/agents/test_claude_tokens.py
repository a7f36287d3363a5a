"""Real Claude Code tells the daemon what it has used, by the variables and the pass of its launch."""

from pathlib import Path
from typing import Any

import pytest

from tests.agents.claude_cluster import ClaudeCluster
from tests.agents.offline import OfflineNetwork, StubApi
from tests.wait import PATIENCE, until

pytestmark = [pytest.mark.agents, pytest.mark.timeout(600)]


def test_tokens_and_cost_of_a_turn_arrive_at_the_daemon(
    place: Path, free_port: int, claude: Path, network: OfflineNetwork, api: StubApi
) -> None:
    daemon = ClaudeCluster(place, free_port, claude, network, api, "anna", "ben")
    try:
        daemon.start()
        daemon.ctl("start", "anna", "ben")
        daemon.answer("anna", "reply The harvest is in.", "The harvest is in.")

        def used() -> Any:
            row = daemon.agents()["anna"]
            return row if row["tokens"]["output"] and row["cost_usd"] else None

        row = until(used, within=2 * PATIENCE, what="a report of anna")
        assert row["tokens"]["input"] > 0
        assert daemon.agents()["ben"]["tokens"]["output"] == 0
    finally:
        daemon.clean()
