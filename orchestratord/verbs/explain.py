"""Tell why an agent is in its state."""

from orchestratord.access.role import Role
from orchestratord.verbs.verb import AgentName, Answer, Call, Parameters, Route, Verb

__all__ = ["VERB"]


class _Explain(Parameters):
    agent: AgentName


async def _run(call: Call[_Explain]) -> Answer:
    return call.house.agent(call.parameters.agent).explain()


VERB = Verb(
    "explain",
    "Tell which signals decided an agent's state, and what was not believed.",
    _Explain,
    Role.LOOK,
    _run,
    routes=(Route("GET", "/api/agents/{agent}/explain"),),
)
