"""What a verb is: the one declaration from which doors, documents and authorisation are made."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Final, Generic, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, JsonValue

from orchestratord.access.role import Caller, Role
from orchestratord.verbs.house import House

__all__ = [
    "ONE_OR_MANY",
    "AgentName",
    "AgentNames",
    "Answer",
    "Call",
    "DialogId",
    "Nothing",
    "Parameters",
    "Progress",
    "Route",
    "Stream",
    "Verb",
]

Progress = Callable[[Mapping[str, JsonValue]], None]
"""Tells the caller how long work goes on; never blocks, and may be lost on a caller who does not read."""


class Parameters(BaseModel):
    """The base of all verbs' parameters: named, described, nothing unknown."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Nothing(Parameters):
    """A verb without parameters."""


P = TypeVar("P", bound=Parameters)


def _one_or_many(given: object) -> object:
    return [given] if isinstance(given, str) else given


ONE_OR_MANY: Final = BeforeValidator(_one_or_many)
"""A list that may be given as its only item: a path or a query has no brackets."""

AgentName = Annotated[str, Field(max_length=64, description="An agent's name.")]
AgentNames = Annotated[
    tuple[AgentName, ...], ONE_OR_MANY, Field(max_length=1000, description="Agents' names; none means all.")
]

DialogId = Annotated[
    str | None, Field(max_length=64, description="The id of the dialog that was seen; default: the one shown now.")
]


@dataclass(frozen=True, slots=True)
class Stream:
    """An answer that goes on: first ``answer``, then every item under ``method``, until either side has enough."""

    answer: dict[str, JsonValue]
    method: str
    """What each item is called on the wire: ``event``, ``log``."""
    items: AsyncGenerator[JsonValue, None]
    """Ends when there is nothing more to come. Raises OrchestratorError to say why it cannot go on: a reader that lags
    too far is told so. Whoever takes a Stream closes its items with ``aclose``."""


Answer = dict[str, JsonValue] | Stream
"""Every answer is an object, so that more can be said later."""


@dataclass(frozen=True, slots=True)
class Call(Generic[P]):
    """One verb being performed for one caller."""

    house: House
    caller: Caller
    parameters: P
    progress: Progress


@dataclass(frozen=True, slots=True)
class Route:
    """Where the web door offers a verb; ``{name}`` in the path is the parameter of that name."""

    method: str
    path: str


@dataclass(frozen=True, slots=True)
class Verb(Generic[P]):
    """A verb: what it is called, what it takes, who may, what it does."""

    name: str
    """As it stands on the socket: ``start``, ``config.check``."""
    help: str
    """One sentence."""
    parameters: type[P]
    role: Role
    run: Callable[[Call[P]], Awaitable[Answer]]
    changes: bool = False
    """Whether anything is different afterwards; such calls are finished even if the caller has gone."""
    follow: bool = False
    """Whether it may answer with a Stream."""
    private: frozenset[str] = frozenset()
    """Parameters that say what is nobody else's business: the audit leaves them out."""
    routes: tuple[Route, ...] = ()

    def schema(self) -> dict[str, Any]:
        """The JSON Schema of the parameters."""
        return self.parameters.model_json_schema()
