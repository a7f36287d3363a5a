"""How the cluster and its agents look in a table."""

import time
from collections.abc import Mapping, Sequence
from typing import Any, Final

from orchestratorctl.console import Console
from orchestratorctl.moments import ago
from orchestratorctl.output import Answer, Column, table
from orchestratorctl.printable import one_line

__all__ = ["agents_answer", "running", "status_answer"]

_COLOURS: Final = {
    "idle": "green", "working": "cyan", "starting": "cyan", "stopping": "cyan", "waiting": "yellow",
    "limited": "yellow", "backoff": "yellow", "unknown": "yellow", "failed": "red", "stopped": "dim",
}  # fmt: skip
_LONGEST_QUESTION: Final = 200


def running(document: Mapping[str, Any]) -> list[str]:
    """The names of the agents that run."""
    return [agent["name"] for agent in document.get("agents", []) if agent.get("running")]


def agents_answer(document: Mapping[str, Any]) -> Answer:
    """Agents alone, from an answer that has them under ``agents``."""
    agents: Sequence[Mapping[str, Any]] = document.get("agents", [])
    return Answer(
        document=document,
        rows=agents,
        names=[agent["name"] for agent in agents],
        text=lambda console: table(console, _columns(time.time(), agents), agents),
    )


def status_answer(document: Mapping[str, Any]) -> Answer:
    """The whole status: a line about the cluster, then its agents."""
    agents = agents_answer(document)
    return Answer(
        document=document,
        rows=agents.rows,
        names=agents.names,
        text=lambda console: _headline(console, document) + agents.text(console),
    )


def _headline(console: Console, document: Mapping[str, Any]) -> str:
    cluster = document.get("cluster", {})
    agents = document.get("agents", [])
    states = [agent.get("state") for agent in agents]
    counts = [f"{states.count(state)} {state}" for state in _COLOURS if state in states]
    words = [one_line(str(cluster.get("name", "cluster"))), ", ".join(counts)]
    if alerts := document.get("unresolved_alerts"):
        words.append(console.paint(f"{alerts} unresolved alert{'s' if alerts != 1 else ''}", "red"))
    return "\n".join(["  ".join(words), *(console.paint(worry, "red") for worry in _worries(document))]) + "\n"


def _worries(document: Mapping[str, Any]) -> list[str]:
    daemon, tmux = document.get("daemon", {}), document.get("cluster", {}).get("tmux", {})
    said = {
        "tmux": None if tmux.get("available", True) else tmux.get("error") or "not available",
        "journal": daemon.get("journal_degraded"),
        "configuration": daemon.get("configuration_error"),
        "agents": None if daemon.get("opened", True) else "still being looked for",
    }
    return [f"{what}: {one_line(str(worry))}" for what, worry in said.items() if worry]


def _columns(now: float, agents: Sequence[Mapping[str, Any]]) -> list[Column]:
    def since(agent: Mapping[str, Any]) -> str | None:
        at = agent.get("state_since")
        return ago(now - at) if isinstance(at, int | float) else None

    def why(agent: Mapping[str, Any]) -> str:
        at = agent.get("restart_at")
        again = f"again in {ago(at - now)}" if isinstance(at, int | float) and agent.get("state") == "backoff" else ""
        dialog = agent.get("dialog") or {}
        if agent.get("state") == "waiting" and dialog.get("text"):
            return f"{dialog.get('kind')}: {dialog['text'][:_LONGEST_QUESTION]}"
        outdated = "the configuration has changed since its start" if agent.get("outdated") else ""
        return "; ".join(filter(None, [again, str(agent.get("reason") or ""), outdated]))

    def cost(agent: Mapping[str, Any]) -> str | None:
        dollars = agent.get("cost_usd")
        return f"${dollars:.2f}" if isinstance(dollars, int | float) and dollars else None

    def state(agent: Mapping[str, Any]) -> str:
        return f"{agent.get('state', 'unknown')}{' (held)' if agent.get('held') else ''}"

    return [
        Column("AGENT", lambda agent: agent["name"]),
        Column("ROLE", lambda agent: agent.get("role")),
        Column("STATE", state, colour=lambda agent: _COLOURS.get(str(agent.get("state")))),
        Column("FOR", since, right=True),
        Column("PID", lambda agent: agent.get("pid"), right=True),
        Column("PANE", lambda agent: agent.get("pane")),
        Column("RESTARTS", lambda agent: agent.get("restart_count", 0), right=True),
        *([Column("COST", cost, right=True)] if any(agent.get("cost_usd") for agent in agents) else []),
        Column("WHY", why),
    ]
