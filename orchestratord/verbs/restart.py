"""Restart agents."""

from pydantic import Field

from orchestratord.access.role import Role
from orchestratord.verbs.verb import AgentNames, Answer, Call, Parameters, Route, Verb

__all__ = ["VERB"]


class _Restart(Parameters):
    agents: AgentNames = ()
    rolling: bool = Field(default=False, description="One after the other, each ready before the next one ends.")


async def _run(call: Call[_Restart]) -> Answer:
    names = call.house.known(call.parameters.agents)
    await call.house.cluster.restart(names or None, call.progress, rolling=call.parameters.rolling)
    return {"agents": call.house.views(names)}


VERB = Verb(
    "restart",
    "End agents, start them again and wait until they are ready.",
    _Restart,
    Role.OPERATE,
    _run,
    changes=True,
    routes=(Route("POST", "/api/cluster/restart"), Route("POST", "/api/agents/{agents}/restart")),
)
