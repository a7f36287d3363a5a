"""Read the configuration anew."""

from typing import cast

from pydantic import JsonValue

from orchestratord.access.role import Role
from orchestratord.verbs.verb import Answer, Call, Nothing, Verb

__all__ = ["VERB"]


async def _run(call: Call[Nothing]) -> Answer:
    return cast("dict[str, JsonValue]", (await call.house.reload()).as_json())


VERB = Verb(
    "reload",
    "Read the configuration anew and make the cluster follow; a faulty one changes nothing.",
    Nothing,
    Role.OPERATE,
    _run,
    changes=True,
)
