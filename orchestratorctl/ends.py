"""Waiting for answers, for as long as it takes: also across a restart of the daemon, for messages outlive it."""

import select
import time
from collections.abc import Callable, Iterable
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
    open_, ended = set(ids), dict[str, dict[str, Any]]()
    end = None if timeout is None else time.monotonic() + timeout
    while True:
        left = None if end is None else max(0.001, end - time.monotonic())
        try:
            with connect() as connection:
                connection.call("messages.wait", {"ids": sorted(open_), **({} if left is None else {"timeout": left})})
                for message in connection.items():
                    ended[message["id"]] = message
            return ended
        except Unreachable:
            if end is not None and time.monotonic() >= end:
                raise
            open_ -= {id_ for id_, message in ended.items() if message["state"] in ENDS}
            if not open_:
                return ended
            select.select([], [], [], _PAUSE)
