"""Hold an agent."""

from orchestratord.access.role import Role
from orchestratord.verbs.verb import AgentName, Answer, Call, Parameters, Route, Verb

__all__ = ["VERB"]


class _Hold(Parameters):
    agent: AgentName


async def _run(call: Call[_Hold]) -> Answer:
    name = call.house.agent(call.parameters.agent).name
    await call.house.cluster.hold(name)
    return {"agents": call.house.views([name])}


VERB = Verb(
    "hold",
    "Leave an agent as it is: no automatic restart until it is released.",
    _Hold,
    Role.OPERATE,
    _run,
    changes=True,
    routes=(Route("POST", "/api/agents/{agent}/hold"),),
)
