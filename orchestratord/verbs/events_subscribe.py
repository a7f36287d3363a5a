"""Follow what happens."""

from collections.abc import AsyncGenerator
from typing import Final

from pydantic import Field, JsonValue

from orchestratord.access.role import Role
from orchestratord.errors import NotFound
from orchestratord.journal.events import Event
from orchestratord.journal.store import Journal
from orchestratord.verbs.events import Kinds
from orchestratord.verbs.verb import AgentName, Answer, Call, Parameters, Route, Stream, Verb

__all__ = ["VERB"]

_MOST_WAITING: Final = 2000
"""Events that may wait for a reader; one that lags further is cut off and can come back with ``after``."""


class _Subscribe(Parameters):
    after: int | None = Field(
        default=None, ge=0, lt=2**63, description="First everything after this number; default: only what is to come."
    )
    kinds: Kinds = ()
    agent: AgentName | None = Field(default=None, description="Only events about this agent.")

    def wants(self, event: Event) -> bool:
        """Whether the event is one of those asked for."""
        return self.agent in {None, event.agent} and (
            not self.kinds or any(_is(event.kind, kind) for kind in self.kinds)
        )


def _is(kind: str, wanted: str) -> bool:
    return kind.startswith(wanted[:-1]) if wanted.endswith(".*") else kind == wanted


async def _run(call: Call[_Subscribe]) -> Answer:
    journal, last = call.house.journal, call.house.journal.last_seq
    after = last if call.parameters.after is None else call.parameters.after
    if after > last:
        raise NotFound(
            f"there is no event {after} yet, the last is {last}",
            hint="The journal has begun anew since: follow without after, or with after 0.",
        )
    return Stream({"last_seq": last}, "event", _events(journal, after, call.parameters))


async def _events(journal: Journal, after: int, wanted: _Subscribe) -> AsyncGenerator[JsonValue, None]:
    # Subscribed only here: a stream that nobody ever began to read must not go on collecting.
    with journal.subscribe(after, capacity=_MOST_WAITING) as subscription:
        async for event in subscription:
            if wanted.wants(event):
                yield event.as_json()


VERB = Verb(
    "events.subscribe",
    "Follow what happens, first replaying what has happened since an event.",
    _Subscribe,
    Role.LOOK,
    _run,
    follow=True,
    routes=(Route("GET", "/api/events"),),
)
