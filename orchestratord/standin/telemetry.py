"""Tokens and cost that are said to have been used, reported as Claude Code does: OTLP over HTTP as JSON.

Where the environment asks for no reports, or nobody takes them, nothing happens. Each report tells the totals since
this program began, so that one that was lost is made good by the next.
"""

import json
import os
import time

from orchestratord.standin.session import new_id

__all__ = ["use"]

_PATIENCE = 5.0
_PRICE = 0.00001
"""US dollars a token."""
_CUMULATIVE = 2
_INSTANCE = new_id()
_BEGUN = time.time_ns()
_used = 0


def use(tokens: int) -> None:
    """Use so many tokens, of input and of output each, and report it."""
    global _used  # noqa: PLW0603  # what a process has used is its own, as are its memory and its time
    _used += tokens
    where = os.environ.get("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "")
    if os.environ.get("CLAUDE_CODE_ENABLE_TELEMETRY") == "1" and where.startswith("http://"):
        _post(where, os.environ.get("OTEL_EXPORTER_OTLP_METRICS_HEADERS", ""))


def _post(where: str, headers: str) -> None:
    import http.client  # takes a while, and most stand-ins report nothing

    host, _, path = where.removeprefix("http://").partition("/")
    fields = dict(pair.split("=", 1) for pair in headers.split(",") if "=" in pair)
    connection = http.client.HTTPConnection(host, timeout=_PATIENCE)
    try:
        connection.request("POST", f"/{path}", _report(), {"Content-Type": "application/json", **fields})
        connection.getresponse().read()
    except (OSError, http.client.HTTPException):
        return
    finally:
        connection.close()


def _report() -> str:
    metrics = [
        _total("claude_code.token.usage", *(_point({"type": kind}, asInt=_used) for kind in ("input", "output"))),
        _total("claude_code.cost.usage", _point({}, asDouble=2 * _used * _PRICE)),
    ]
    return json.dumps({"resourceMetrics": [{"scopeMetrics": [{"metrics": metrics}]}]})


def _total(name: str, *points: dict[str, object]) -> dict[str, object]:
    return {"name": name, "sum": {"aggregationTemporality": _CUMULATIVE, "isMonotonic": True, "dataPoints": points}}


def _point(attributes: dict[str, str], **value: float) -> dict[str, object]:
    told = {"session.id": _INSTANCE, **attributes}
    pairs = [{"key": key, "value": {"stringValue": text}} for key, text in told.items()]
    return {"attributes": pairs, "startTimeUnixNano": str(_BEGUN), "timeUnixNano": str(time.time_ns()), **value}
