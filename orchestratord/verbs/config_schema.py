"""What may be written in a configuration."""

from orchestratord.access.role import Role
from orchestratord.config import json_schema
from orchestratord.verbs.verb import Answer, Call, Nothing, Verb

__all__ = ["VERB"]


async def _run(call: Call[Nothing]) -> Answer:
    del call
    return {"schema": json_schema.document()}


VERB = Verb("config.schema", "Give the JSON Schema of the configuration.", Nothing, Role.LOOK, _run)
