"""`orchestratorctl metrics`: the cluster in figures."""

import typer

from orchestratorctl.everywhere import command
from orchestratorctl.invocation import Invocation
from orchestratorctl.output import Answer, Column, table

__all__ = ["app"]

app = typer.Typer()


@app.command()
@command
def metrics(invocation: Invocation) -> None:
    """Show the cluster's figures; GET /metrics has them all for Prometheus."""
    document = invocation.ask("metrics")
    rows = [{"name": name, "value": value} for name, value in document.get("metrics", {}).items()]
    columns = [Column("METRIC", lambda row: row["name"]), Column("VALUE", lambda row: row["value"], right=True)]
    names = [row["name"] for row in rows]
    invocation.show(Answer(document, rows, names, lambda console: table(console, columns, rows)))
