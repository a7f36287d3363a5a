"""The whole picture."""

import os

from pydantic import Field, JsonValue

import orchestratord
from orchestratord.access.role import Role
from orchestratord.verbs import alerts, metrics
from orchestratord.verbs.house import House
from orchestratord.verbs.verb import AgentName, Answer, Call, Parameters, Route, Verb

__all__ = ["VERB"]


class _Status(Parameters):
    agent: AgentName | None = Field(default=None, description="Only this agent in the list of agents.")


async def _run(call: Call[_Status]) -> Answer:
    house = call.house
    chosen = call.parameters.agent
    monitoring = house.configuration.monitoring
    every = await alerts.read(house.journal)
    return {
        "monitoring": True,
        "check_interval": monitoring.check_interval,
        "agent_timeout": monitoring.agent_timeout,
        "max_idle_time": monitoring.max_idle_time,
        "total_alerts": len(every),
        "unresolved_alerts": sum(not alert.get("resolved") for alert in every),
        "last_metrics": metrics.count(house.cluster.agents.values()),
        "cluster": house.cluster.view(),
        "agents": house.views([house.agent(chosen).name] if chosen else []),
        "daemon": _daemon(house),
    }


def _daemon(house: House) -> dict[str, JsonValue]:
    return {
        "version": orchestratord.__version__,
        "pid": os.getpid(),
        "started_at": house.started_at,
        "opened": house.cluster.opened.is_set(),
        "journal_degraded": house.journal.degraded,
        "configuration": str(house.places.config_path),
        "configuration_read_at": house.reloaded.at,
        "configuration_error": house.reloaded.error or None,
    }


VERB = Verb(
    "status",
    "Show the cluster, its agents and what is wrong with them.",
    _Status,
    Role.LOOK,
    _run,
    routes=(Route("GET", "/api/status"),),
)
