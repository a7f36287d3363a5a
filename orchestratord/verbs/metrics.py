"""The cluster in five numbers."""

from collections.abc import Iterable, Mapping
from typing import Final

from pydantic import JsonValue

from orchestratord.access.role import Role
from orchestratord.agents.agent import Agent
from orchestratord.verbs.verb import Answer, Call, Nothing, Route, Verb

__all__ = ["VERB", "count"]

_UNHEALTHY: Final = frozenset({"backoff", "failed", "unknown"})


def count(agents: Iterable[Agent]) -> dict[str, JsonValue]:
    """Count agents by what is to be seen of them.

    Unhealthy is who waits to be restarted, has failed, cannot be read, or should run and does not. An agent that an
    operator has stopped is none of that.
    """
    views = [agent.view() for agent in agents]
    return {
        "total_agents": len(views),
        "running_agents": sum(bool(view["running"]) for view in views),
        "idle_agents": sum(view["state"] == "idle" for view in views),
        "unhealthy_agents": sum(_unhealthy(view) for view in views),
        "total_restarts": sum(restarts for view in views if isinstance(restarts := view["restart_count"], int)),
    }


def _unhealthy(view: Mapping[str, JsonValue]) -> bool:
    absent = view["desired"] == "running" and not view["running"] and view["state"] != "starting"
    return view["state"] in _UNHEALTHY or absent


async def _run(call: Call[Nothing]) -> Answer:
    return {"metrics": {**count(call.house.cluster.agents.values()), "timestamp": call.house.clock()}}


VERB = Verb(
    "metrics",
    "Count the agents: all, running, idle, unhealthy, and how often they were restarted.",
    Nothing,
    Role.LOOK,
    _run,
    routes=(Route("GET", "/api/metrics"),),
)
