"""Start agents."""

from orchestratord.access.role import Role
from orchestratord.verbs.verb import AgentNames, Answer, Call, Parameters, Route, Verb

__all__ = ["VERB"]


class _Start(Parameters):
    agents: AgentNames = ()


async def _run(call: Call[_Start]) -> Answer:
    names = call.house.known(call.parameters.agents)
    await call.house.cluster.start(names or None, call.progress)
    return {"agents": call.house.views(names)}


VERB = Verb(
    "start",
    "Start agents and wait until they are ready; those that run already count as done.",
    _Start,
    Role.OPERATE,
    _run,
    changes=True,
    routes=(Route("POST", "/api/cluster/start"), Route("POST", "/api/agents/{agents}/start")),
)
