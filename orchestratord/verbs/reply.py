"""Reply to a message."""

from pydantic import Field, JsonValue

from orchestratord.access.role import Role
from orchestratord.errors import NotPermitted
from orchestratord.mail.draft import Draft, checked
from orchestratord.mail.message import OPERATOR, MessageState, may_become
from orchestratord.verbs.correspondence import MessageId, found, shown, writer
from orchestratord.verbs.verb import Answer, Call, Parameters, Route, Verb

__all__ = ["VERB"]


class _Reply(Parameters):
    id: MessageId
    text: str = Field(description="What it says; newlines and tabs are the only control characters.")


async def _run(call: Call[_Reply]) -> Answer:
    house, given = call.house, call.parameters
    own, original = writer(call.caller), found(house.mailbox, call.caller, given.id)
    if own != original.to:
        raise NotPermitted(
            f"{own} may not reply to {original.id}: it was sent to {original.to}",
            hint=f"Send a message of your own to {original.sender}.",
        )
    draft = Draft(own, original.sender, given.text, reply_to=original.id)
    draft = checked(draft, house.configuration.messages.max_size)
    # Those who wait for the answer get it as that; operators find it in their inbox, beside their own message.
    heard = house.mailbox.awaited(original.id) or original.sender == OPERATOR
    settles = may_become(original, MessageState.ANSWERED)
    sent: dict[str, JsonValue] | None = None
    if not (heard and settles):
        (message,) = house.mailbox.post(draft)
        sent = {**shown(call.caller, message), "text": ""}
    if settles:
        original = house.mailbox.move(original.id, MessageState.ANSWERED, answer=draft.text)
    await house.journal.flush()
    return {"message": {**shown(call.caller, original), "text": "", "answer": None}, "sent": sent}


VERB = Verb(
    "reply",
    "Answer a message that was sent to you; its sender gets the reply even if it does not wait.",
    _Reply,
    Role.TAKE_PART,
    _run,
    changes=True,
    private=frozenset({"text"}),
    routes=(Route("POST", "/api/messages/{id}/reply"),),
)
