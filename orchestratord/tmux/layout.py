"""How many panes go where: a decision about numbers, before anything is made."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

__all__ = ["HEIGHT", "PANES_PER_WINDOW", "WIDTH", "Room", "distribute"]

WIDTH: Final = 242
HEIGHT: Final = 65
"""A window's size in cells. Tiled three by three, with the lines between and a title each, panes are 80x20 or more."""
PANES_PER_WINDOW: Final = 9


@dataclass(frozen=True, slots=True)
class Room:
    """Agents that get a pane in ``window``; None is a new one."""

    window: str | None
    agents: tuple[str, ...]


def distribute(missing: Sequence[str], windows: Mapping[str, int]) -> Iterable[Room]:
    """Room for each of ``missing``: first in ``windows`` (id: panes it has) with space left, then in new ones."""
    rest = tuple(missing)
    for window, panes in windows.items():
        space = max(0, PANES_PER_WINDOW - panes)
        if rest and space:
            yield Room(window, rest[:space])
            rest = rest[space:]
    while rest:
        yield Room(None, rest[:PANES_PER_WINDOW])
        rest = rest[PANES_PER_WINDOW:]
