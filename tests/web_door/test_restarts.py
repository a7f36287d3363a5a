"""What counts as a restart, told as the journal tells it."""

import pytest

from orchestratord.journal.events import Event
from orchestratord.web.restarts import Restarts


@pytest.mark.parametrize(
    ("story", "counted"),
    [
        (["starting", "ready"], {}),
        (["starting", "exited", "starting"], {("worker", "crashed"): 1}),
        (["exited", "backoff", "starting", "exited", "backoff", "starting"], {("worker", "crashed"): 2}),
        (["exited", "failed", "starting"], {}),
        (["stopping", "exited", "starting"], {("worker", "operator"): 1}),
        (["stopping", "exited", "stopped", "starting"], {}),
    ],
)
def test_a_start_after_an_end_is_a_restart_unless_the_agent_was_at_rest(
    story: list[str], counted: dict[tuple[str, str], int]
) -> None:
    restarts = Restarts()
    for seq, step in enumerate(story):
        restarts.take(Event(seq, 0.0, f"agent.{step}", "worker", {"cause": "crashed"} if step == "exited" else {}))
    assert restarts.counts == counted
