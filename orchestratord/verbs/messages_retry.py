"""Send again what has failed."""

from orchestratord.access.role import Role
from orchestratord.errors import Conflict, NotPermitted
from orchestratord.mail.message import MessageState
from orchestratord.verbs.correspondence import MessageId, found, shown, writer
from orchestratord.verbs.verb import Answer, Call, Parameters, Route, Verb

__all__ = ["VERB"]


class _Retry(Parameters):
    id: MessageId


async def _run(call: Call[_Retry]) -> Answer:
    own, message = writer(call.caller), found(call.house.mailbox, call.caller, call.parameters.id)
    if call.caller.agent not in {None, message.sender}:
        raise NotPermitted(f"{own} may not send {message.id} again: it is from {message.sender}")
    if not message.state.final:
        raise Conflict(f"message {message.id} is {message.state}: it has not failed")
    message = call.house.mailbox.move(message.id, MessageState.QUEUED, reason=f"retried after {message.state}")
    await call.house.journal.flush()
    return {"message": {**shown(call.caller, message), "text": ""}}


VERB = Verb(
    "messages.retry",
    "Queue a message again that is dead, failed or expired.",
    _Retry,
    Role.TAKE_PART,
    _run,
    changes=True,
    routes=(Route("POST", "/api/messages/{id}/retry"),),
)
