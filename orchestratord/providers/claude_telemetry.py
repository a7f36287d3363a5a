"""Claude Code's own figures of tokens and cost: how it is asked to send them, and how they are read. As of 2.1.197."""

from collections.abc import Mapping
from typing import Final

from orchestratord.config.agent import AgentConfig
from orchestratord.providers import otlp
from orchestratord.providers.base import LaunchPlace
from orchestratord.providers.telemetry import LAUNCH_HEADER, TOKEN_TYPES, Kind, Use

__all__ = ["environment", "read_report"]

_TOKENS: Final = "claude_code.token.usage"
_COST: Final = "claude_code.cost.usage"
_SWITCH: Final = "CLAUDE_CODE_ENABLE_TELEMETRY"
_EVERY_MS: Final = 15_000


def environment(agent: AgentConfig, place: LaunchPlace) -> Mapping[str, str]:
    """What makes the CLI report to us; nothing where the agent's own variables already say whether and where to."""
    telemetry = place.telemetry
    if telemetry is None or any(name.startswith("OTEL_") or name == _SWITCH for name in agent.env):
        return {}
    return {
        _SWITCH: "1",
        "OTEL_METRICS_EXPORTER": "otlp",
        "OTEL_METRIC_EXPORT_INTERVAL": str(_EVERY_MS),
        # The variables for metrics alone: whatever an operator has set up for logs goes where it went.
        "OTEL_EXPORTER_OTLP_METRICS_PROTOCOL": "http/json",
        "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT": telemetry.url,
        "OTEL_EXPORTER_OTLP_METRICS_HEADERS": f"{LAUNCH_HEADER}={telemetry.launch_pass}",
        # Totals instead of differences: what is used while no daemon listens is told by the next report.
        "OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE": "cumulative",
    }


def read_report(body: bytes) -> list[Use]:
    """What a report says of tokens and cost; everything else in it is passed over. Raises BadRequest."""
    return [use for point in otlp.read_sums(body, frozenset({_TOKENS, _COST})) if (use := _use(point)) is not None]


def _use(point: otlp.Point) -> Use | None:
    kind: Kind | None = "cost"
    if point.metric == _TOKENS:
        kind = next((kind for kind in TOKEN_TYPES if kind == point.attributes.get("type")), None)
    return kind and Use(kind, point.stream, point.value, point.start, point.at, point.cumulative)
