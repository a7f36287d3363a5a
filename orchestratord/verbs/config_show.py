"""Show the configuration in force."""

from orchestratord.access.role import Role
from orchestratord.config import public
from orchestratord.verbs.verb import Answer, Call, Nothing, Verb

__all__ = ["VERB"]


async def _run(call: Call[Nothing]) -> Answer:
    house = call.house
    return {"path": str(house.places.config_path), "configuration": public.show(house.configuration)}


VERB = Verb(
    "config.show", "Show the configuration in force with its defaults, secrets hidden.", Nothing, Role.LOOK, _run
)
