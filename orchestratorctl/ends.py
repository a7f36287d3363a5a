"""Waiting for answers, for as long as it takes: also across a restart of the daemon, for messages outlive it."""

import select
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Final

from orchestratorctl.client import Connection
from orchestratorctl.faults import Unreachable
from orchestratorctl.letters import ENDS

__all__ = ["await_ends"]

_PAUSE: Final = 0.5
"""Seconds between two looks for a daemon that has gone."""


def await_ends(
    connect: Callable[[], Connection], ids: Iterable[str], timeout: float | None
) -> dict[str, dict[str, Any]]:
    """The messages by id, as they are when all have come to their ends or time is up.

    ``timeout`` is in seconds. Raises Refused, and Unreachable when the daemon is still away when time is up.
    """
    ended: dict[str, dict[str, Any]] = {}
    waited_for = list(ids)
    end = None if timeout is None else time.monotonic() + timeout
    while waited_for:
        left = None if end is None else max(0.001, end - time.monotonic())
        try:
            with connect() as connection:
                for message in _ends(connection, waited_for, left):
                    ended[message["id"]] = message
                break
        except Unreachable:
            if end is not None and time.monotonic() >= end:
                raise
            waited_for = [id_ for id_ in waited_for if id_ not in ended or ended[id_]["state"] not in ENDS]
            select.select([], [], [], _PAUSE)
    return ended


def _ends(connection: Connection, ids: Sequence[str], timeout: float | None) -> Iterator[dict[str, Any]]:
    connection.call("messages.wait", {"ids": ids, **({} if timeout is None else {"timeout": timeout})})
    yield from connection.items()
