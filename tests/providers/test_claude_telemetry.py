"""What Claude Code is told about reporting its use of tokens."""

import dataclasses
from pathlib import Path

import pytest

from orchestratord.config.agent import AgentConfig
from orchestratord.providers.base import LaunchPlace
from orchestratord.providers.claude_telemetry import environment
from orchestratord.providers.telemetry import Telemetry

PLACE = LaunchPlace(
    directory=Path("/d"), socket=Path("/s"), spool=Path("/p"), python="python", work_dir=Path("/w"), home=Path("/h"),
    launch_id="one", telemetry=Telemetry("http://127.0.0.1:8000/v1/metrics", "one.seal"),
)  # fmt: skip


def test_it_reports_its_metrics_and_nothing_else_to_us_with_the_pass_of_its_launch() -> None:
    told = environment(AgentConfig(name="anna"), PLACE)
    assert told["OTEL_EXPORTER_OTLP_METRICS_ENDPOINT"] == "http://127.0.0.1:8000/v1/metrics"
    assert told["OTEL_EXPORTER_OTLP_METRICS_HEADERS"] == "X-Orchestrator-Launch=one.seal"
    assert not [name for name in told if "LOGS" in name or name == "OTEL_EXPORTER_OTLP_ENDPOINT"]


@pytest.mark.parametrize(
    "name", ["OTEL_METRICS_EXPORTER", "OTEL_EXPORTER_OTLP_ENDPOINT", "CLAUDE_CODE_ENABLE_TELEMETRY"]
)
def test_an_agent_whose_own_variables_say_where_to_is_left_alone(name: str) -> None:
    assert environment(AgentConfig(name="anna", env={name: "0"}), PLACE) == {}


def test_where_nobody_asks_nothing_is_told() -> None:
    assert environment(AgentConfig(name="anna"), dataclasses.replace(PLACE, telemetry=None)) == {}
