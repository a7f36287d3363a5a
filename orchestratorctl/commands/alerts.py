"""`orchestratorctl alerts`: what wants a human."""

from enum import StrEnum
from typing import Annotated, Final

import typer

from orchestratorctl.everywhere import command
from orchestratorctl.invocation import Invocation
from orchestratorctl.moments import clock
from orchestratorctl.output import Answer, Column, table

__all__ = ["app"]

app = typer.Typer()


class Level(StrEnum):
    """How bad it is."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"
    CRITICAL = "critical"


_COLOURS: Final = {"warning": "yellow", "error": "red", "critical": "red"}
_COLUMNS: Final = [
    Column("ID", lambda alert: alert.get("id")),
    Column("LEVEL", lambda alert: alert.get("level"), colour=lambda alert: _COLOURS.get(str(alert.get("level")))),
    Column("SINCE", lambda alert: clock(alert.get("timestamp", 0))),
    Column("RESOLVED", lambda alert: "yes" if alert.get("resolved") else "no"),
    Column("COUNT", lambda alert: alert.get("count"), right=True),
    Column("AGENT", lambda alert: alert.get("agent_name")),
    Column("RULE", lambda alert: alert.get("rule")),
    Column("MESSAGE", lambda alert: alert.get("message")),
]


@app.command()
@command
def alerts(
    invocation: Invocation,
    *,
    level: Annotated[Level | None, typer.Option("--level", help="Only of this level.")] = None,
    resolved: Annotated[bool | None, typer.Option("--resolved/--unresolved", help="Only those.")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=1000, help="So many at most, the newest first.")] = 100,
) -> None:
    """List alerts, the newest first."""
    document = invocation.ask("alerts", level=level, resolved=resolved, limit=limit)
    rows = document.get("alerts", [])
    invocation.show(
        Answer(
            document,
            rows,
            [str(alert.get("id")) for alert in rows],
            lambda console: table(console, _COLUMNS, rows) if rows else "",
        )
    )
    if not rows:
        invocation.console.say("no alerts")
