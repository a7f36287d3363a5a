"""A configuration on its way to being understood: its values, the place of each, and the faults found so far."""

from dataclasses import dataclass, field
from typing import Any

from orchestratord.config.faults import Fault, Mark, Path

__all__ = ["Document"]


@dataclass(slots=True)
class Document:
    """The values, where each was written, and the faults found so far."""

    source: str
    values: dict[str, Any] = field(default_factory=dict)
    marks: dict[Path, Mark] = field(default_factory=dict)
    keys: dict[Path, Mark] = field(default_factory=dict)
    written: dict[Path, str] = field(default_factory=dict)
    """What stood in the file where the value has since been replaced, for messages."""
    faults: list[Fault] = field(default_factory=list)
    _at_fault: set[Path] = field(default_factory=set)

    def fault(self, path: Path, message: str, *, at_key: bool = False) -> None:
        """Note a fault at a value (or its key); a path that has one already gets no second."""
        if path in self._at_fault:
            return
        self._at_fault.add(path)
        first, second = (self.keys, self.marks) if at_key else (self.marks, self.keys)
        mark = first.get(path) or second.get(path) or self._around(path[:-1])
        self.faults.append(Fault(mark, path, message))

    def is_at_fault(self, path: Path) -> bool:
        """Whether a fault has been noted at this very path."""
        return path in self._at_fault

    def _around(self, path: Path) -> Mark:
        """The place of what should have held a value that is not there."""
        while path and path not in self.marks:
            path = path[:-1]
        return self.marks.get(path, Mark(self.source))

    def get(self, *path: str | int) -> Any:  # noqa: ANN401 (what a user wrote can be anything)
        """The value at ``path``, or None."""
        value: Any = self.values
        for step in path:
            if isinstance(value, dict) and isinstance(step, str):
                value = value.get(step)
            elif isinstance(value, list) and isinstance(step, int) and step < len(value):
                value = value[step]
            else:
                return None
        return value

    def put(self, path: Path, value: object, mark: Mark | None = None) -> None:
        """Set a value; blocks on the way are made. Does nothing where something else than a block stands in the way."""
        block: Any = self.values
        for step in path[:-1]:
            if not _holds(block, step):
                return
            block = block.setdefault(step, {}) if isinstance(block, dict) else block[step]
        if _holds(block, path[-1]):
            block[path[-1]] = value
            if mark is not None:
                self.marks[path] = mark


def _holds(block: object, step: str | int) -> bool:
    """Whether ``step`` can lead into ``block``: a key into a block of keys, an index into a list."""
    return isinstance(block, dict if isinstance(step, str) else list)
