"""List the verbs."""

from collections.abc import Sequence
from typing import Any

from orchestratord.access.role import Role
from orchestratord.verbs.verb import Answer, Call, Nothing, Verb

__all__ = ["describing"]


def describing(others: Sequence[Verb[Any]]) -> Verb[Nothing]:
    """The verb that describes ``others`` and itself."""

    async def run(call: Call[Nothing]) -> Answer:
        del call
        return {
            "methods": [
                {
                    "name": each.name,
                    "help": each.help,
                    "role": each.role.value,
                    "changes": each.changes,
                    "follow": each.follow,
                    "routes": [f"{route.method} {route.path}" for route in each.routes],
                    "params": each.schema(),
                }
                for each in (*others, verb)
            ]
        }

    verb = Verb("rpc.describe", "List the verbs with the JSON Schema of their parameters.", Nothing, Role.LOOK, run)
    return verb
