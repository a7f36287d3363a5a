"""List messages."""

from typing import Annotated

from pydantic import ConfigDict, Field

from orchestratord.access.role import Caller, Role
from orchestratord.mail.message import Message, MessageState
from orchestratord.verbs.correspondence import MessageId, listed
from orchestratord.verbs.verb import ONE_OR_MANY, Answer, Call, Parameters, Route, Verb

__all__ = ["VERB", "Wanted"]


class Wanted(Parameters):
    """Which messages; agents see their own alone."""

    model_config = ConfigDict(populate_by_name=True)

    to: str | None = Field(default=None, max_length=64, description="Only those to this agent, or to the operator.")
    sender: str | None = Field(default=None, alias="from", max_length=64, description="Only those from there.")
    state: Annotated[
        tuple[MessageState, ...], ONE_OR_MANY, Field(max_length=9, description="Only those in one of these states.")
    ] = ()
    thread: MessageId | None = Field(default=None, description="Only those of this thread: the id of its first.")

    def match(self, caller: Caller, message: Message) -> bool:
        """Whether it is one of those that the caller asked for and may see."""
        return (
            self.to in {None, message.to}
            and self.sender in {None, message.sender}
            and self.thread in {None, message.thread}
            and (not self.state or message.state in self.state)
            and caller.agent in {None, message.sender, message.to}
        )


class _Messages(Wanted):
    limit: int = Field(default=100, ge=1, le=1000, description="At most so many of the latest.")


async def _run(call: Call[_Messages]) -> Answer:
    wanted = call.parameters
    matching = [message for message in call.house.mailbox.messages if wanted.match(call.caller, message)]
    return listed(call.caller, matching[-wanted.limit :])


VERB = Verb(
    "messages",
    "List messages with how far they are, oldest first.",
    _Messages,
    Role.LOOK,
    _run,
    routes=(Route("GET", "/api/messages"),),
)
