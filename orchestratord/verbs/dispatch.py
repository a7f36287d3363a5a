"""The one way to a verb: is there one, may this caller, are the parameters right; then it is done and audited."""

import asyncio
import difflib
from collections.abc import Iterator, Mapping
from typing import Any, Final

from pydantic import JsonValue, ValidationError
from pydantic_core import ErrorDetails

from orchestratord.access.role import Caller, Role
from orchestratord.errors import BadRequest, Busy, NotPermitted, OrchestratorError, UnknownVerb
from orchestratord.verbs.house import House
from orchestratord.verbs.registry import VERBS
from orchestratord.verbs.verb import Answer, Call, P, Progress, Verb

__all__ = ["perform"]

_OPENING: Final = 30.0
"""Seconds that a change waits for a daemon that is still adopting its agents."""

_LONGEST: Final = 200
_MOST: Final = 50
"""What the audit keeps of a text and of a list: enough to tell what was asked, whatever was sent."""


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
    verb = _verb(name)
    outcome, error = "failed", ""
    try:
        _permit(verb, caller)
        call = Call(house, caller, _validated(verb, parameters), progress)
        if verb.changes:
            await _opened(house)
        answer = await verb.run(call)
        outcome = "done"
    except NotPermitted as refusal:
        outcome, error = "refused", refusal.message
        raise
    except OrchestratorError as fault:
        error = fault.message
        raise
    except asyncio.CancelledError:
        outcome = "cancelled"
        raise
    finally:
        # What agents do for themselves is an event of its own; a second one for each hook would say nothing more.
        if outcome == "refused" or (verb.changes and verb.role is Role.OPERATE):
            house.journal.append(
                "operator.command",
                caller.agent,
                verb=verb.name,
                parameters=_shortened({name: given for name, given in parameters.items() if name not in verb.private}),
                caller=caller.who,
                via=via,
                outcome=outcome,
                error=error[:_LONGEST],
            )
    return answer


def _verb(name: str) -> Verb[Any]:
    verb = VERBS.get(name)
    if verb is None:
        raise UnknownVerb(f"there is no verb {name[:64]!r}{_meant(name[:64], VERBS)}", hint="rpc.describe lists them.")
    return verb


def _permit(verb: Verb[Any], caller: Caller) -> None:
    if not caller.role.includes(verb.role):
        raise NotPermitted(
            f"{caller.who} may not {verb.name}: that needs the role {verb.role}, and it has {caller.role}",
            hint="An agent asks its operator." if caller.agent else "Ask somebody who operates this cluster.",
        )


def _validated(verb: Verb[P], parameters: Mapping[str, JsonValue]) -> P:
    try:
        return verb.parameters.model_validate(dict(parameters))
    except ValidationError as fault:
        faults = fault.errors(include_url=False, include_input=False, include_context=False)
        raise BadRequest(f"{verb.name}: {'; '.join(_worded(faults, verb))}", hint=_takes(verb)) from None


def _worded(faults: list[ErrorDetails], verb: Verb[Any]) -> Iterator[str]:
    for fault in faults[:5]:
        where = ".".join(str(part) for part in fault["loc"])[:64]
        match fault["type"]:
            case "extra_forbidden":
                yield f"unknown parameter {where!r}{_meant(where, verb.parameters.model_fields)}"
            case "missing":
                yield f"{where} is missing"
            case _:
                yield f"{where}: {fault['msg']}" if where else fault["msg"]
    if len(faults) > 5:
        yield f"and {len(faults) - 5} more"


def _meant(word: str, known: Mapping[str, object]) -> str:
    close = difflib.get_close_matches(word, known, n=1)
    return f"; did you mean {close[0]!r}?" if close else ""


def _takes(verb: Verb[Any]) -> str:
    fields = [field.alias or name for name, field in verb.parameters.model_fields.items()]
    return f"{verb.name} takes {', '.join(fields)}." if fields else f"{verb.name} takes no parameters."


async def _opened(house: House) -> None:
    try:
        async with asyncio.timeout(_OPENING):
            await house.cluster.opened.wait()
    except TimeoutError:
        raise Busy(
            "the daemon is still looking for the agents of its predecessor",
            hint="Try again in a moment; orchestratorctl status shows how far it is.",
        ) from None


def _shortened(value: JsonValue, depth: int = 3) -> JsonValue:
    if isinstance(value, str):
        return value if len(value) <= _LONGEST else value[:_LONGEST] + "…"
    if isinstance(value, dict | list) and not depth:
        return "…"
    if isinstance(value, dict):
        return {key[:64]: _shortened(value[key], depth - 1) for key in list(value)[:_MOST]}
    if isinstance(value, list):
        return [_shortened(one, depth - 1) for one in value[:_MOST]]
    return value
