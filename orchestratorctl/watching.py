"""A view that keeps itself up to date, until Ctrl+C."""

import select
from collections.abc import Callable
from typing import Final

from orchestratorctl.console import Console
from orchestratorctl.faults import Unreachable

__all__ = ["watch"]

_PERIOD: Final = 1.0
"""Seconds between two looks."""


def watch(console: Console, look: Callable[[], str]) -> None:
    """Show what ``look`` returns, again and again: on a terminal in place, elsewhere one view below the other.

    A daemon that goes away after the first look is waited for, and the view says so meanwhile.
    """
    shown = look()
    while True:
        if console.out_is_terminal:
            # Home, each line cleared to its end, then everything below: no flicker, and nothing to tidy up at Ctrl+C.
            lines = shown.splitlines()[: console.height() - 1]
            console.data("\x1b[H" + "".join(f"{line}\x1b[K\n" for line in lines) + "\x1b[J")
        else:
            console.data(shown)
        select.select([], [], [], _PERIOD)
        try:
            shown = look()
        except Unreachable as fault:
            shown = f"{fault.message}\nwaiting for it\n"
