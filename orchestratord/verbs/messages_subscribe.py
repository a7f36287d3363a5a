"""Follow messages."""

import asyncio
from collections.abc import AsyncGenerator
from typing import Final

from pydantic import Field, JsonValue

from orchestratord.access.role import Caller, Role
from orchestratord.journal.broadcast import TooSlow
from orchestratord.mail.mailbox import Mailbox
from orchestratord.mail.message import Message
from orchestratord.verbs.correspondence import shown
from orchestratord.verbs.messages import Wanted
from orchestratord.verbs.verb import Answer, Call, Route, Stream, Verb

__all__ = ["VERB"]

_MOST_WAITING: Final = 2000
"""Changes that may wait for a reader before it is cut off."""


class _Subscribe(Wanted):
    latest: int = Field(default=0, ge=0, le=1000, description="First so many of the latest, as they are now.")


async def _run(call: Call[_Subscribe]) -> Answer:
    return Stream({}, "message", _changes(call.house.mailbox, call.caller, call.parameters))


async def _changes(mailbox: Mailbox, caller: Caller, wanted: _Subscribe) -> AsyncGenerator[JsonValue, None]:
    waiting: asyncio.Queue[Message] = asyncio.Queue(_MOST_WAITING)
    missed = False

    def take(message: Message) -> None:
        nonlocal missed
        if not wanted.match(caller, message):
            return
        if waiting.full():
            missed = True
        else:
            waiting.put_nowait(message)

    # Listened only here: a stream that nobody ever began to read must not go on collecting.
    unlisten = mailbox.listen(take)
    now = [message for message in mailbox.messages if wanted.match(caller, message)]
    try:
        for message in now[max(0, len(now) - wanted.latest) :]:
            yield shown(caller, message)
        while not missed or not waiting.empty():
            yield shown(caller, await waiting.get())
    finally:
        unlisten()
    raise TooSlow(f"more than {_MOST_WAITING} changes were waiting to be read", hint="Read faster, or ask for fewer.")


VERB = Verb(
    "messages.subscribe",
    "Follow messages: each as it is queued and with every step it makes.",
    _Subscribe,
    Role.LOOK,
    _run,
    follow=True,
    routes=(Route("GET", "/api/messages/stream"),),
)
