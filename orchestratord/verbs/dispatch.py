"""The one way to a verb: is there one, may this caller, are the parameters right; then it is done and audited."""

from collections.abc import Mapping

from pydantic import JsonValue

from orchestratord.access.role import Caller
from orchestratord.verbs.house import House
from orchestratord.verbs.verb import Answer, Progress

__all__ = ["perform"]


def _unheard(_: Mapping[str, JsonValue]) -> None:
    """The progress of a call whose caller does not listen for it."""


async def perform(
    house: House,
    caller: Caller,
    name: str,
    parameters: Mapping[str, JsonValue],
    *,
    via: str,
    progress: Progress = _unheard,
) -> Answer:
    """Perform a verb; a Stream comes only from verbs that say ``follow``.

    ``via`` is the door, ``socket`` or ``http``. Operators' changes and every refusal are journaled as
    ``operator.command`` {verb, parameters, caller, via, outcome: done | refused | failed | cancelled, error}.

    Raises UnknownVerb, NotPermitted, BadRequest (each naming what is wrong) and whatever the verb raises; anything
    that is not an OrchestratorError is a defect of ours, and the door answers it as such.
    """
    raise NotImplementedError
