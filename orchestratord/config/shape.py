"""The schema seen as a tree of keys: which section stands at a path, which keys it has, where else a key is known."""

from collections.abc import Iterator
from typing import Any, get_args

from pydantic.fields import FieldInfo

from orchestratord.config.faults import Path
from orchestratord.config.schema import Configuration
from orchestratord.config.section import Section

__all__ = ["homes_of", "keys_of", "section_at"]


def keys_of(section: type[Section]) -> dict[str, FieldInfo]:
    """The keys as they are written."""
    return {field.alias or name: field for name, field in section.model_fields.items()}


def section_at(path: Path) -> type[Section] | None:
    """The section whose keys stand at ``path``; None where there is none."""
    section: type[Section] | None = Configuration
    for step in path:
        if isinstance(step, int):
            continue
        field = keys_of(section).get(step) if section else None
        section = _section_in(field.annotation) if field else None
    return section


def homes_of(key: str) -> list[str]:
    """The sections that know ``key``, dotted: ``backup.keep``; those of an agent as ``agents[]``."""
    return [home for home, section in _sections("", Configuration) if home and key in keys_of(section)]


def _sections(home: str, section: type[Section]) -> Iterator[tuple[str, type[Section]]]:
    yield home, section
    for key, field in keys_of(section).items():
        if inner := _section_in(field.annotation):
            name = "agents[]" if inner is not section and key == "agents" else key
            yield from _sections(f"{home}.{name}" if home else name, inner)


def _section_in(annotation: Any) -> type[Section] | None:  # noqa: ANN401 (an annotation is any object)
    if isinstance(annotation, type) and issubclass(annotation, Section):
        return annotation
    return next((found for inner in get_args(annotation) if (found := _section_in(inner))), None)
