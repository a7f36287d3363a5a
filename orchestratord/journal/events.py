"""What an event is."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from pydantic import JsonValue

__all__ = ["Event", "Row", "as_text"]


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened: numbered one by one, never changed afterwards.

    ``at`` is in unix seconds. ``kind`` is a dotted name such as ``agent.exited``; what stands before the last dot
    is its family. ``agent`` is the agent it is about, if it is about one. ``data`` is whatever belongs to the kind.
    """

    seq: int
    at: float
    kind: str
    agent: str | None
    data: Mapping[str, JsonValue]

    def as_json(self) -> dict[str, JsonValue]:
        """``{seq, at, kind, agent, data}``, as streams and files show it."""
        return {"seq": self.seq, "at": self.at, "kind": self.kind, "agent": self.agent, "data": dict(self.data)}


class Row(NamedTuple):
    """An event on its way to the disk, with its data as the text that is stored."""

    event: Event
    text: str


def as_text(value: JsonValue | Mapping[str, JsonValue]) -> str:
    """The stored form of a value. Raises TypeError or ValueError for what JSON cannot hold (NaN among it).

    Pure ASCII: half a surrogate pair in a path's name is kept too, which UTF-8 would refuse.
    """
    return json.dumps(value, allow_nan=False, separators=(",", ":"))
