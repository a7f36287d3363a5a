"""Give a failed agent another chance."""

from orchestratord.access.role import Role
from orchestratord.verbs.verb import AgentName, Answer, Call, Parameters, Route, Verb

__all__ = ["VERB"]


class _ResetFailed(Parameters):
    agent: AgentName


async def _run(call: Call[_ResetFailed]) -> Answer:
    name = call.house.agent(call.parameters.agent).name
    await call.house.cluster.reset_failed(name)
    return {"agents": call.house.views([name])}


VERB = Verb(
    "reset_failed",
    "Forgive an agent that has failed its ends so far, and start it again if it is wished to run.",
    _ResetFailed,
    Role.OPERATE,
    _run,
    changes=True,
    routes=(Route("POST", "/api/agents/{agent}/reset-failed"),),
)
