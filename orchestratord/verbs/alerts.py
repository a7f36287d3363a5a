"""List the alerts."""

from collections.abc import Iterable
from typing import Final, Literal

from pydantic import Field, JsonValue

from orchestratord.access.role import Role
from orchestratord.journal.events import Event
from orchestratord.journal.store import Journal
from orchestratord.verbs.verb import Answer, Call, Parameters, Route, Verb

__all__ = ["VERB", "read"]

_LOOKED_AT: Final = 10_000
"""The newest so many alert events are looked at; each tells the whole alert, so older ones hold only older alerts."""


class _Alerts(Parameters):
    level: Literal["info", "warning", "error", "critical"] | None = Field(default=None, description="Only this level.")
    resolved: bool | None = Field(default=None, description="Only those that are over (true) or not (false).")
    limit: int = Field(default=100, ge=1, le=1000, description="At most so many.")


async def read(journal: Journal) -> list[dict[str, JsonValue]]:
    """The alerts, newest first: {id, level, agent_name, rule, message, timestamp, resolved, resolved_at, count}."""
    return _fold(await journal.read(kinds=("alert.*",), limit=_LOOKED_AT, newest=True))


def _fold(events: Iterable[Event]) -> list[dict[str, JsonValue]]:
    """Each event of the family ``alert`` carries the alert as it then is; the last word counts."""
    alerts = {event.data["id"]: dict(event.data) for event in events if isinstance(event.data.get("id"), str)}
    return sorted(alerts.values(), key=_time, reverse=True)


def _time(alert: dict[str, JsonValue]) -> float:
    at = alert.get("timestamp")
    return at if isinstance(at, int | float) else 0.0


async def _run(call: Call[_Alerts]) -> Answer:
    wanted = call.parameters
    found = [
        alert
        for alert in await read(call.house.journal)
        if wanted.level in {None, alert.get("level")} and wanted.resolved in {None, alert.get("resolved")}
    ]
    return {"alerts": [*found[: wanted.limit]]}


VERB = Verb(
    "alerts",
    "List the alerts, newest first.",
    _Alerts,
    Role.LOOK,
    _run,
    routes=(Route("GET", "/api/alerts"),),
)
