"""Which daemon answers."""

import os
import platform

import orchestratord
from orchestratord.access.role import Role
from orchestratord.verbs.verb import Answer, Call, Nothing, Verb

__all__ = ["VERB"]


async def _run(call: Call[Nothing]) -> Answer:
    return {
        "version": orchestratord.__version__,
        "python": platform.python_version(),
        "pid": os.getpid(),
        "started_at": call.house.started_at,
    }


VERB = Verb("version", "Tell the daemon's version, its pid and since when it runs.", Nothing, Role.LOOK, _run)
