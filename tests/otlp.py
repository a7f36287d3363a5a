"""A report of tokens and cost as Claude Code sends it: OTLP metrics, JSON."""

import json
from collections.abc import Mapping
from typing import Any

__all__ = ["report"]

DELTA, CUMULATIVE = 1, 2


def report(
    tokens: Mapping[str, Any],
    cost: Any = None,
    *,
    temporality: Any = CUMULATIVE,
    start: int = 1,
    at: int = 2,
    session: str = "s",
    about: Mapping[str, str] | None = None,
) -> bytes:
    """``tokens`` by type; ``start`` and ``at`` in nanoseconds; ``about`` are the resource's attributes."""

    def point(value: Any, **attributes: str) -> dict[str, Any]:
        # Claude Code gives tokens as whole numbers, which JSON's mapping of protobuf writes as text or number.
        kind = "asInt" if isinstance(value, int | str) else "asDouble"
        times = {"startTimeUnixNano": str(start), "timeUnixNano": str(at)}
        return {"attributes": _attributes({"session.id": session, **attributes}), kind: value, **times}

    def total(name: str, *points: dict[str, Any]) -> dict[str, Any]:
        return {"name": name, "sum": {"aggregationTemporality": temporality, "isMonotonic": True, "dataPoints": points}}

    metrics = [total("claude_code.token.usage", *(point(value, type=kind) for kind, value in tokens.items()))]
    if cost is not None:
        metrics.append(total("claude_code.cost.usage", point(cost, model="claude-x")))
    # What else it sends is nobody's business here, however odd.
    metrics.append({"name": "claude_code.session.count", "sum": {"dataPoints": "odd"}})
    resource = {"attributes": _attributes(about or {})}
    return json.dumps({"resourceMetrics": [{"resource": resource, "scopeMetrics": [{"metrics": metrics}]}]}).encode()


def _attributes(pairs: Mapping[str, str]) -> list[dict[str, Any]]:
    return [{"key": key, "value": {"stringValue": value}} for key, value in pairs.items()]
