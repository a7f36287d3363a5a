"""Take a message back."""

from orchestratord.access.role import Role
from orchestratord.errors import Conflict, NotPermitted
from orchestratord.mail.message import MessageState, may_become
from orchestratord.verbs.correspondence import MessageId, found, shown, writer
from orchestratord.verbs.verb import Answer, Call, Parameters, Route, Verb

__all__ = ["VERB"]


class _Cancel(Parameters):
    id: MessageId


async def _run(call: Call[_Cancel]) -> Answer:
    own, message = writer(call.caller), found(call.house.mailbox, call.caller, call.parameters.id)
    if call.caller.agent not in {None, message.sender}:
        raise NotPermitted(f"{own} may not take {message.id} back: it is from {message.sender}")
    if message.state is not MessageState.CANCELLED:
        if not may_become(message, MessageState.CANCELLED):
            raise Conflict(
                f"message {message.id} is {message.state}: only what is queued can be taken back",
                hint="What stands in an agent's composer is not deleted: a person may have gone on with it.",
            )
        message = call.house.mailbox.move(message.id, MessageState.CANCELLED, reason=f"taken back by {own}")
        await call.house.journal.flush()
    return {"message": {**shown(call.caller, message), "text": ""}}


VERB = Verb(
    "messages.cancel",
    "Take a message back that has not yet reached its agent.",
    _Cancel,
    Role.TAKE_PART,
    _run,
    changes=True,
    routes=(Route("POST", "/api/messages/{id}/cancel"),),
)
