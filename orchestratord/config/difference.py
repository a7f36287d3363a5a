"""What a reload changes: which agents come, go or differ, and which other sections differ."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from orchestratord.config.schema import AgentConfig, Configuration

__all__ = ["Difference", "changed"]

_TAKEN_UP_IN_PLACE: Final = frozenset({
    "role", "reports_to", "may_message", "restart", "dialogs", "marker", "pane_index", "wait_time", "poll_interval",
    "ready_pattern", "working_pattern", "waiting_pattern", "quit_keys", "submit_key",
})  # fmt: skip
"""Keys of an agent that a running process need not know of."""


@dataclass(frozen=True, slots=True)
class Difference:
    """``changed`` maps an agent to the keys that differ; ``sections`` are the other top-level keys that differ."""

    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: Mapping[str, tuple[str, ...]]
    sections: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.changed or self.sections)

    @property
    def relaunch(self) -> tuple[str, ...]:
        """The changed agents whose process must be started anew to know of it."""
        return tuple(name for name, keys in self.changed.items() if not _TAKEN_UP_IN_PLACE.issuperset(keys))

    def as_json(self) -> dict[str, object]:
        """For ``reload`` and ``config diff``."""
        return {
            "added": list(self.added),
            "removed": list(self.removed),
            "changed": {name: list(keys) for name, keys in self.changed.items()},
            "relaunch": list(self.relaunch),
            "sections": list(self.sections),
        }


def changed(old: Configuration, new: Configuration) -> Difference:
    """What is different in ``new``; names in the order of the file they stand in."""
    before, after = old.by_name, new.by_name
    both = ((name, _keys(before[name], agent)) for name, agent in after.items() if name in before)
    sections = (key for key in Configuration.model_fields if key != "agents")
    return Difference(
        added=tuple(name for name in after if name not in before),
        removed=tuple(name for name in before if name not in after),
        changed={name: keys for name, keys in both if keys},
        sections=tuple(key for key in sections if getattr(old, key) != getattr(new, key)),
    )


def _keys(old: AgentConfig, new: AgentConfig) -> tuple[str, ...]:
    return tuple(key for key in AgentConfig.model_fields if getattr(old, key) != getattr(new, key))
