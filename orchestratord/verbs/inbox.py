"""Read an inbox."""

from pydantic import Field

from orchestratord.access.role import Role
from orchestratord.errors import NotPermitted
from orchestratord.mail.message import OPERATOR
from orchestratord.verbs.correspondence import listed, writer
from orchestratord.verbs.verb import AgentName, Answer, Call, Parameters, Verb

__all__ = ["VERB"]


class _Inbox(Parameters):
    agent: AgentName | None = Field(default=None, description="Whose; default: the caller's own.")
    limit: int = Field(default=100, ge=1, le=1000, description="At most so many of the latest.")


async def _run(call: Call[_Inbox]) -> Answer:
    own = writer(call.caller)
    reader = call.parameters.agent or own
    if reader != OPERATOR:
        reader = call.house.agent(reader).name
    if own not in {OPERATOR, reader}:
        raise NotPermitted(f"{call.caller.who} may not read the inbox of {reader}", hint="Everybody reads their own.")
    return {"reader": reader, **listed(call.caller, call.house.mailbox.inbox(reader, call.parameters.limit))}


VERB = Verb(
    "inbox",
    "Read what was sent to you, and the answers to what you have sent.",
    _Inbox,
    Role.TAKE_PART,
    _run,
)
