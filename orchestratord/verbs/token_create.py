"""Make a token."""

from typing import Literal

from pydantic import Field

from orchestratord.access.role import Role
from orchestratord.verbs.verb import Answer, Call, Parameters, Verb

__all__ = ["VERB"]


class _Create(Parameters):
    name: str = Field(
        min_length=1, max_length=64, pattern=r"^[\w .:@/-]+$", description="What it is for: dashboard, prometheus."
    )
    scope: Literal["look", "operate"] = Field(default="look", description="What its bearer may do.")


async def _run(call: Call[_Create]) -> Answer:
    token, secret = await call.house.tokens.create(call.parameters.name, Role(call.parameters.scope))
    return {**token.as_json(), "token": secret}


VERB = Verb(
    "token.create",
    "Make a bearer token for the web door; its secret is told this once and never again.",
    _Create,
    Role.OPERATE,
    _run,
    changes=True,
)
