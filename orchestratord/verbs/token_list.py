"""List the tokens."""

from orchestratord.access.role import Role
from orchestratord.verbs.verb import Answer, Call, Nothing, Verb

__all__ = ["VERB"]


async def _run(call: Call[Nothing]) -> Answer:
    return {"tokens": [token.as_json() for token in call.house.tokens]}


VERB = Verb("token.list", "List the tokens, oldest first, without their secrets.", Nothing, Role.OPERATE, _run)
