"""Shut the cluster down."""

from orchestratord.access.role import Role
from orchestratord.verbs.verb import Answer, Call, Nothing, Route, Verb

__all__ = ["VERB"]


async def _run(call: Call[Nothing]) -> Answer:
    await call.house.cluster.shutdown(call.progress)
    return {"agents": call.house.views()}


VERB = Verb(
    "shutdown",
    "Stop all agents and remove the tmux session; the daemon goes on.",
    Nothing,
    Role.OPERATE,
    _run,
    changes=True,
    routes=(Route("POST", "/api/cluster/shutdown"),),
)
