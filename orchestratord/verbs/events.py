"""Look up what happened."""

from typing import Annotated

from pydantic import Field, StringConstraints

from orchestratord.access.role import Role
from orchestratord.verbs import fitting
from orchestratord.verbs.verb import ONE_OR_MANY, AgentName, Answer, Call, Parameters, Route, Verb

__all__ = ["VERB", "Kinds"]

Kinds = Annotated[
    tuple[Annotated[str, StringConstraints(pattern=r"^[a-z_]+(\.[a-z_]+)*(\.\*)?$", max_length=64)], ...],
    ONE_OR_MANY,
    Field(max_length=50, description='Only these kinds; "agent.*" is a whole family.'),
]


class _Events(Parameters):
    after: int = Field(default=0, ge=0, lt=2**63, description="Only those with a higher number.")
    before: int | None = Field(default=None, ge=0, lt=2**63, description="Only those with a lower number.")
    limit: int = Field(default=100, ge=1, le=10_000, description="At most so many.")
    kinds: Kinds = ()
    agent: AgentName | None = Field(default=None, description="Only those about this agent.")
    newest: bool = Field(default=True, description="The latest ones that match; false: the earliest ones.")


async def _run(call: Call[_Events]) -> Answer:
    wanted = call.parameters
    found = await call.house.journal.read(**dict(wanted))
    events = [event.as_json() for event in found]
    # What does not fit is left out at the far end: the newest are read backwards, the earliest forwards.
    kept = fitting.first(reversed(events))[::-1] if wanted.newest else fitting.first(events)
    return {"events": [*kept], "complete": len(kept) == len(events), "last_seq": call.house.journal.last_seq}


VERB = Verb(
    "events",
    "Look up what happened, oldest first, in the journal.",
    _Events,
    Role.LOOK,
    _run,
    routes=(Route("GET", "/api/events"),),
)
