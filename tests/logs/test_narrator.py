"""The journal's events stand in the log, each at its level."""

import pytest
import structlog

from orchestratord.journal.events import Event
from orchestratord.logs.narrator import narrate


@pytest.mark.parametrize(
    ("kind", "data", "level"),
    [
        ("agent.failed", {}, "error"),
        ("agent.exited", {"cause": "killed"}, "warning"),
        ("agent.exited", {"cause": "finished"}, "info"),
        ("operator.command", {"outcome": "refused"}, "warning"),
        ("operator.command", {"outcome": "done"}, "info"),
        ("agent.hook", {}, "debug"),
        ("something.new", {"event": "not the name", "seq": 99, "agent": "impostor", "exc_info": "odd"}, "info"),
    ],
)
def test_an_event_is_one_line_with_its_number_and_level(kind: str, data: dict[str, str], level: str) -> None:
    with structlog.testing.capture_logs() as lines:
        narrate(Event(7, 0.0, kind, "anna", data))
    (line,) = lines
    assert (line["event"], line["seq"], line["agent"]) == (kind, 7, "anna")
    assert line["log_level"] == level
