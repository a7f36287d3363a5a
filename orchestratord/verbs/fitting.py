"""Lists that fit into one answer: the socket's lines end at 1 MiB."""

import json
from collections.abc import Iterable
from itertools import takewhile
from typing import Final, TypeVar

from pydantic import JsonValue

__all__ = ["first"]

T = TypeVar("T", bound=JsonValue)

_ROOM: Final = 900_000
"""Bytes for the list; the rest of the line is the answer around it."""


def first(items: Iterable[T]) -> list[T]:
    """As many of the first items as fit."""
    room = _ROOM

    def fits(item: T) -> bool:
        nonlocal room
        room -= len(json.dumps(item)) + 1
        return room >= 0

    return list(takewhile(fits, items))
