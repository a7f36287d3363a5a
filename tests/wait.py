"""Poll until something holds; no test sleeps for luck."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar, overload

T = TypeVar("T")

PATIENCE = 30.0
"""Seconds until a test gives up. Long, because a busy machine is slow and a right answer ends the wait at once."""

_PAUSE = 0.01


def until(look: Callable[[], T], *, within: float = PATIENCE, what: str = "") -> T:
    """Call ``look`` until it returns something true, and return that; else AssertionError with its last answer."""
    end = time.monotonic() + within
    while True:
        answer = look()
        if answer:
            return answer
        if time.monotonic() > end:
            raise AssertionError(f"{what or look} did not come true within {within} s; last answer: {answer!r}")
        time.sleep(_PAUSE)


@overload
async def eventually(look: Callable[[], Awaitable[T]], *, within: float = PATIENCE, what: str = "") -> T: ...
@overload
async def eventually(look: Callable[[], T], *, within: float = PATIENCE, what: str = "") -> T: ...
async def eventually(look: Callable[[], Any], *, within: float = PATIENCE, what: str = "") -> Any:
    """The same on the loop; ``look`` may be a plain function or a coroutine function."""
    end = time.monotonic() + within
    while True:
        found = look()
        answer = await found if isinstance(found, Awaitable) else found
        if answer:
            return answer
        if time.monotonic() > end:
            raise AssertionError(f"{what or look} did not come true within {within} s; last answer: {answer!r}")
        await asyncio.sleep(_PAUSE)
