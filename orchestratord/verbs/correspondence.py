"""Who writes, and who may read what: decided by what the door knows of a caller."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Annotated

from pydantic import Field, JsonValue

from orchestratord.access.role import Caller, Role
from orchestratord.errors import NotFound, NotPermitted
from orchestratord.mail.mailbox import Mailbox
from orchestratord.mail.message import OPERATOR, Message
from orchestratord.verbs import fitting

__all__ = ["MessageId", "found", "listed", "shown", "writer"]

MessageId = Annotated[str, Field(max_length=64, description="A message's id, such as m42.")]


def writer(caller: Caller, claimed: str | None = None) -> str:
    """In whose name the caller writes. Raises NotPermitted for who is nobody here, and for who claims to be another."""
    if caller.agent is None and caller.role is not Role.OPERATE:
        raise NotPermitted(f"{caller.who} has no name to write in", hint="Call from inside an agent's pane.")
    own = caller.agent or OPERATOR
    if claimed not in {None, own}:
        raise NotPermitted(f"{caller.who} may not write as {claimed}, only as {own}", hint="Everybody has one name.")
    return own


def found(mailbox: Mailbox, caller: Caller, id_: str) -> Message:
    """The message, for its sender, its receiver and operators. Raises NotFound to everybody else, as if it were not."""
    message = mailbox.get(id_)
    if caller.role is not Role.OPERATE and caller.agent not in {message.sender, message.to}:
        raise NotFound(f"there is no message {id_!r} from or to {caller.agent or caller.who}")
    return message


def shown(caller: Caller, message: Message) -> dict[str, JsonValue]:
    """What the caller may see of it: who only looks sees that it is there and how far it is, and not what it says."""
    if caller.role is Role.LOOK:
        message = replace(message, subject="", text="", answer=None, reason="")
    return message.as_json()


def listed(caller: Caller, messages: Iterable[Message]) -> dict[str, JsonValue]:
    """``{messages, complete}``: the latest of these, which stand oldest first, that fit into one answer."""
    whole = [shown(caller, message) for message in messages]
    kept = fitting.first(reversed(whole))[::-1]
    return {"messages": [*kept], "complete": len(kept) == len(whole)}
