"""Read the logs."""

import asyncio
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Final

from pydantic import Field, JsonValue

from orchestratord.access.role import Role
from orchestratord.errors import Unavailable
from orchestratord.logs.reader import follow, tail
from orchestratord.verbs import fitting
from orchestratord.verbs.verb import AgentName, Answer, Call, Parameters, Stream, Verb

__all__ = ["VERB"]

_PIECE: Final = 64 << 10
"""Characters of a followed log that go into one notification."""


class _Logs(Parameters):
    agent: AgentName | None = Field(default=None, description="Whose pane's log; default: the daemon's own.")
    lines: int = Field(default=100, ge=0, le=10_000, description="So many of the last lines.")
    since: float | None = Field(default=None, ge=0, description="Only what was written after this time, Unix seconds.")
    follow: bool = Field(default=False, description="Go on with what is written from now on.")


async def _run(call: Call[_Logs]) -> Answer:
    wanted = call.parameters
    name = "orchestrator" if wanted.agent is None else f"agent_{call.house.agent(wanted.agent).name}"
    path = call.house.places.log_dir / f"{name}.log"
    if wanted.follow:
        return Stream({"path": str(path)}, "log", _pieces(path, wanted))
    try:
        lines = await asyncio.to_thread(tail, path, wanted.lines, wanted.since)
    except OSError as fault:
        raise _unreadable(path, fault) from fault
    kept = fitting.first(reversed(lines))[::-1]
    return {"path": str(path), "lines": [*kept], "complete": len(kept) == len(lines)}


async def _pieces(path: Path, wanted: _Logs) -> AsyncGenerator[JsonValue, None]:
    try:
        async for piece in follow(path, lines=wanted.lines, since=wanted.since):
            for start in range(0, len(piece), _PIECE):
                yield {"text": piece[start : start + _PIECE]}
    except OSError as fault:
        raise _unreadable(path, fault) from fault


def _unreadable(path: Path, fault: OSError) -> Unavailable:
    return Unavailable(f"{path}: cannot be read: {fault.strerror}")


VERB = Verb(
    "logs",
    "Read the end of a log, or follow it: what an agent's pane showed, or what the daemon has to say.",
    _Logs,
    Role.LOOK,
    _run,
    follow=True,
)
