"""Say no to what an agent asks."""

from orchestratord.access.role import Role
from orchestratord.verbs.verb import AgentName, Answer, Call, DialogId, Parameters, Route, Verb

__all__ = ["VERB"]


class _Deny(Parameters):
    agent: AgentName
    dialog: DialogId = None


async def _run(call: Call[_Deny]) -> Answer:
    name = call.house.agent(call.parameters.agent).name
    await call.house.cluster.answer(name, allow=False, by=call.caller.who, dialog=call.parameters.dialog)
    return {"agents": call.house.views([name])}


VERB = Verb(
    "deny",
    "Say no to the dialog that an agent shows, if it is still the one that was seen.",
    _Deny,
    Role.OPERATE,
    _run,
    changes=True,
    routes=(Route("POST", "/api/agents/{agent}/deny"),),
)
