"""A fault of a configuration: where it is, which key it is about, what is wrong and what to do."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from orchestratord.errors import BadConfiguration

__all__ = ["ConfigurationFaults", "Fault", "Mark", "Path", "dotted"]

Path = tuple[str | int, ...]
"""The keys and list indexes that lead to a value."""

_MOST_SHOWN: Final = 100
_LONGEST_KEY: Final = 60


@dataclass(frozen=True, slots=True, order=True)
class Mark:
    """A place: a file with line and column (from 1), or a whole file or a variable of the environment (both 0)."""

    source: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        return f"{self.source}:{self.line}:{self.column}" if self.line else self.source


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing to put right. ``path`` is () when the fault is not about a key."""

    mark: Mark
    path: Path
    message: str

    def __str__(self) -> str:
        return ": ".join(part for part in (str(self.mark), dotted(self.path), self.message) if part)

    def as_json(self) -> dict[str, str | int]:
        """For ``config check -o json``."""
        mark = self.mark
        return {
            "file": mark.source,
            "line": mark.line,
            "column": mark.column,
            "path": dotted(self.path),
            "message": self.message,
        }


class ConfigurationFaults(BadConfiguration):
    """Every fault at once, in the order of the file; the message holds one a line."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        """``faults`` must not be empty; of very many the message shows the first hundred."""
        # What comes from the environment has no line and follows what stands in the file.
        ordered = sorted(dict.fromkeys(faults), key=lambda f: (not f.mark.line, f.mark.line, f.mark.column))
        lines = [str(fault) for fault in ordered[:_MOST_SHOWN]]
        if len(ordered) > _MOST_SHOWN:
            lines.append(f"… and {len(ordered) - _MOST_SHOWN} more")
        super().__init__(
            "\n".join(lines), hint="`orchestratorctl config schema` describes every key; `config check` checks again."
        )
        self.faults: tuple[Fault, ...] = tuple(ordered)


def dotted(path: Path) -> str:
    """``agents[2].restart.backoff``."""
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        else:
            word = step if len(step) <= _LONGEST_KEY else f"{step[:_LONGEST_KEY]}…"
            text += f".{word}" if text else word
    return text
