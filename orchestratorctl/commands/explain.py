"""`orchestratorctl explain`: which signals decided an agent's state."""

import time
from collections.abc import Mapping
from typing import Any

import typer

from orchestratorctl.completion import AgentName
from orchestratorctl.console import Console
from orchestratorctl.everywhere import command
from orchestratorctl.invocation import Invocation
from orchestratorctl.moments import ago
from orchestratorctl.output import Answer, Column, table
from orchestratorctl.printable import one_line

__all__ = ["app"]

app = typer.Typer()


@app.command()
@command
def explain(invocation: Invocation, agent: AgentName) -> None:
    """Tell which signals decided an agent's state, what was heard and seen lately, and what was not believed."""
    document = invocation.ask("explain", agent=agent)
    signals = document.get("recent", [])
    invocation.show(
        Answer(
            document=document,
            rows=signals,
            names=[signal["why"] for signal in signals],
            text=lambda console: _verdict(document, time.time()) + _signals(console, document, time.time()),
        )
    )


def _verdict(document: Mapping[str, Any], now: float) -> str:
    belief = document["belief"]
    told = f" for {ago(now - belief['since'])}" if belief.get("since") else ""
    lines = [
        f"{document['agent']} is {document['state']} for {ago(now - document['state_since'])}: {document['reason']}",
        f"believed: {belief['activity']}{told}, by the {belief['source']} ({belief['why']})",
    ]
    if dialog := belief.get("dialog"):
        lines.append(f"it asks ({dialog['kind']}, {dialog['id']}): {dialog['text']}")
    if belief.get("limited_until"):
        lines.append(f"its usage limit is over in {ago(belief['limited_until'] - now)}")
    if belief.get("doubted"):
        lines.append("doubted: one more look like the last changes this")
    return "".join(f"{one_line(line)}\n" for line in lines)


def _signals(console: Console, document: Mapping[str, Any], now: float) -> str:
    columns = [
        Column("AGO", lambda signal: ago(now - signal["last_at"]), right=True),
        Column("TIMES", lambda signal: signal["times"], right=True),
        Column("SIGNAL", lambda signal: signal["why"]),
        Column("TELLS", lambda signal: signal.get("activity")),
        Column("ABOUT", _about),
        Column("NOT BELIEVED, FOR", lambda signal: signal.get("doubt")),
    ]
    return table(console, columns, document["recent"]) if document.get("recent") else ""


def _about(signal: Mapping[str, Any]) -> str:
    return str(signal.get("dialog") or signal.get("error") or "")[:60]
