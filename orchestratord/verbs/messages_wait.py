"""Wait for answers."""

import asyncio
from collections.abc import AsyncGenerator
from typing import Annotated

from pydantic import Field, JsonValue

from orchestratord.access.role import Caller, Role
from orchestratord.mail.mailbox import Mailbox
from orchestratord.verbs.correspondence import MessageId, found, shown
from orchestratord.verbs.verb import ONE_OR_MANY, Answer, Call, Parameters, Stream, Verb

__all__ = ["VERB"]


class _Wait(Parameters):
    ids: Annotated[
        tuple[MessageId, ...], ONE_OR_MANY, Field(min_length=1, max_length=1000, description="The messages' ids.")
    ]
    timeout: float | None = Field(
        default=None, gt=0, le=31_622_400, description="Seconds; default: as long as it takes."
    )


async def _run(call: Call[_Wait]) -> Answer:
    given = call.parameters
    ids = [found(call.house.mailbox, call.caller, id_).id for id_ in dict.fromkeys(given.ids)]
    return Stream({}, "message", _ends(call.house.mailbox, call.caller, ids, given.timeout))


async def _ends(
    mailbox: Mailbox, caller: Caller, ids: list[str], timeout: float | None
) -> AsyncGenerator[JsonValue, None]:
    loop = asyncio.get_running_loop()
    end = None if timeout is None else loop.time() + timeout
    ends = {asyncio.create_task(mailbox.settled(id_)): id_ for id_ in ids}
    try:
        waiting = set(ends)
        while waiting:
            left = None if end is None else max(0.0, end - loop.time())
            done, waiting = await asyncio.wait(waiting, timeout=left, return_when=asyncio.FIRST_COMPLETED)
            if not done:
                break
            for ended in done:
                yield shown(caller, ended.result())
        # Time is up, which is no error here: the rest is shown as it is, and lives on.
        for each in waiting:
            yield shown(caller, mailbox.get(ends[each]))
    finally:
        for each in ends:
            each.cancel()
        await asyncio.gather(*ends, return_exceptions=True)


VERB = Verb(
    "messages.wait",
    "Wait until messages have come to their ends: each is shown as it does, and the others when time is up.",
    _Wait,
    Role.TAKE_PART,
    _run,
    follow=True,
)
