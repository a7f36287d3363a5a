"""`orchestratorctl reload`: the configuration anew; only what changed is touched."""

from typing import Final

import typer

from orchestratorctl.everywhere import command
from orchestratorctl.invocation import Invocation
from orchestratorctl.output import Answer, Column, table

__all__ = ["app"]

app = typer.Typer()

_CHANGES: Final = ("added", "removed", "changed", "relaunch", "sections")


@app.command(name="reload")
@command
def reload_configuration(invocation: Invocation) -> None:
    """Read the configuration anew and follow it; a bad one (exit status 78) changes nothing."""
    document = invocation.perform("reload")
    rows = [{"change": change, "names": list(document.get(change, []))} for change in _CHANGES if document.get(change)]
    columns = [
        Column("CHANGE", lambda row: row["change"]),
        Column("NAMES", lambda row: ", ".join(map(str, row["names"]))),
    ]
    invocation.show(
        Answer(
            document,
            rows,
            [str(name) for row in rows for name in row["names"]],
            lambda console: table(console, columns, rows) if rows else "",
        )
    )
    if not rows:
        invocation.console.say("nothing changed")
