"""Stop agents."""

from orchestratord.access.role import Role
from orchestratord.verbs.verb import AgentNames, Answer, Call, Parameters, Route, Verb

__all__ = ["VERB"]


class _Stop(Parameters):
    agents: AgentNames = ()


async def _run(call: Call[_Stop]) -> Answer:
    names = call.house.known(call.parameters.agents)
    await call.house.cluster.stop(names or None, call.progress)
    return {"agents": call.house.views(names)}


VERB = Verb(
    "stop",
    "End agents with all their processes and keep them stopped; the session and its panes stay.",
    _Stop,
    Role.OPERATE,
    _run,
    changes=True,
    routes=(Route("POST", "/api/cluster/stop"), Route("POST", "/api/agents/{agents}/stop")),
)
