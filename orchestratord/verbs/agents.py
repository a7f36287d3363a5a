"""List the agents."""

from orchestratord.access.role import Role
from orchestratord.verbs.verb import Answer, Call, Nothing, Route, Verb

__all__ = ["VERB"]


async def _run(call: Call[Nothing]) -> Answer:
    return {"agents": call.house.views()}


VERB = Verb(
    "agents",
    "List the agents with what they do and since when.",
    Nothing,
    Role.LOOK,
    _run,
    routes=(Route("GET", "/api/agents"),),
)
