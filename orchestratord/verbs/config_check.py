"""Look for faults in a configuration."""

import asyncio
import os
from pathlib import Path

from pydantic import Field

from orchestratord.access.role import Role
from orchestratord.config.load import load
from orchestratord.errors import BadRequest
from orchestratord.verbs.verb import Answer, Call, Parameters, Verb

__all__ = ["VERB"]


class _Check(Parameters):
    path: str | None = Field(
        default=None, max_length=4096, description="The file, by its absolute path; default: the one in force."
    )


async def _run(call: Call[_Check]) -> Answer:
    given = call.parameters.path
    if given is not None and not Path(given).is_absolute():
        raise BadRequest(f"config.check: path {given!r} is not absolute")
    path = call.house.places.config_path if given is None else Path(given)
    configuration = await asyncio.to_thread(load, path, os.environ, has_tokens=bool(len(call.house.tokens)))
    return {"path": str(path), "agents": [agent.name for agent in configuration.agents]}


# An operator's verb, though it changes nothing: it reads whatever file it is told to with the daemon's rights.
VERB = Verb(
    "config.check", "Tell all faults of a configuration, each with its place in the file.", _Check, Role.OPERATE, _run
)
