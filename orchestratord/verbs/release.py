"""Release an agent."""

from orchestratord.access.role import Role
from orchestratord.verbs.verb import AgentName, Answer, Call, Parameters, Route, Verb

__all__ = ["VERB"]


class _Release(Parameters):
    agent: AgentName


async def _run(call: Call[_Release]) -> Answer:
    name = call.house.agent(call.parameters.agent).name
    await call.house.cluster.release(name)
    return {"agents": call.house.views([name])}


VERB = Verb(
    "release",
    "Let an agent that was held be restarted by its policy again.",
    _Release,
    Role.OPERATE,
    _run,
    changes=True,
    routes=(Route("POST", "/api/agents/{agent}/release"),),
)
