"""Send a message."""

from pydantic import Field

from orchestratord.access.role import Role
from orchestratord.errors import NotPermitted
from orchestratord.mail.draft import Draft
from orchestratord.mail.message import OPERATOR
from orchestratord.verbs.correspondence import MessageId, shown, writer
from orchestratord.verbs.verb import Answer, Call, Parameters, Route, Verb

__all__ = ["VERB"]


class _Send(Parameters):
    to: str = Field(max_length=256, description='An agent, a role, "all", or "operator".')
    text: str = Field(description="What it says; newlines and tabs are the only control characters.")
    subject: str = Field(default="", description="One line above it, at most 200 characters.")
    reply_to: MessageId | None = Field(default=None, description="The id of the message to which this one belongs.")
    urgent: bool = Field(default=False, description="Goes before whatever else waits; for operators only.")
    key: str | None = Field(
        default=None, min_length=1, max_length=128, description="Sending again with the same key is still one message."
    )
    expire_after: float | None = Field(
        default=None, gt=0, le=31_622_400, description="Seconds until it expires; default: messages.expire_after."
    )
    sender: str | None = Field(
        default=None, max_length=64, description="In whose name; anything but the caller's own is refused."
    )


async def _run(call: Call[_Send]) -> Answer:
    given = call.parameters
    sender = writer(call.caller, given.sender)
    if given.urgent and sender != OPERATOR:
        raise NotPermitted(f"{sender} may not send urgent messages", hint="Only an operator's goes before the others.")
    messages = call.house.mailbox.post(
        Draft(
            sender=sender,
            to=given.to,
            text=given.text,
            subject=given.subject,
            reply_to=given.reply_to,
            urgent=given.urgent,
            key=given.key,
            expire_after=given.expire_after,
        )
    )
    # Whoever hears that it was taken can rely on it, whatever dies next.
    await call.house.journal.flush()
    return {"messages": [{**shown(call.caller, message), "text": "", "answer": None} for message in messages]}


VERB = Verb(
    "send",
    "Send a message to an agent, a role, all agents or the operator; it is kept until it has arrived.",
    _Send,
    Role.TAKE_PART,
    _run,
    changes=True,
    private=frozenset({"text", "subject"}),
    routes=(Route("POST", "/api/agents/{to}/messages"),),
)
