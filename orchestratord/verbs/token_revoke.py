"""Revoke a token."""

from pydantic import Field

from orchestratord.access.role import Role
from orchestratord.verbs.verb import Answer, Call, Parameters, Verb

__all__ = ["VERB"]


class _Revoke(Parameters):
    id: str = Field(max_length=64, description="The token's id, as token.list shows it.")


async def _run(call: Call[_Revoke]) -> Answer:
    return (await call.house.tokens.revoke(call.parameters.id)).as_json()


VERB = Verb("token.revoke", "Make a token worthless, at once.", _Revoke, Role.OPERATE, _run, changes=True)
