"""`orchestratorctl version`: of this client, and of the daemon that answers."""

from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as installed_version
from typing import Any

import typer

from orchestratorctl.everywhere import command
from orchestratorctl.invocation import Invocation
from orchestratorctl.output import Answer, Column, table

__all__ = ["app", "own_version"]

app = typer.Typer()


def own_version() -> str:
    """The version of the package that this client was installed with."""
    try:
        return installed_version("orchestratord")
    except PackageNotFoundError:
        return "unknown"


@app.command()
@command
def version(invocation: Invocation) -> None:
    """Say the versions of the client and the daemon. Exit status 69 when no daemon answers: a way to wait for one."""
    invocation.console.detail(f"orchestratorctl {own_version()}")
    own, daemon = own_version(), invocation.ask("version")
    document = {"client": own, "daemon": daemon}
    rows: list[dict[str, Any]] = [
        {"program": "orchestratorctl", "version": own},
        {"program": "orchestratord", **daemon},
    ]
    columns = [Column("PROGRAM", lambda row: row["program"]), Column("VERSION", lambda row: row.get("version"))]
    names = [str(row.get("version")) for row in rows]
    invocation.show(Answer(document, rows, names, lambda console: table(console, columns, rows)))
