"""Secrets need not stand in the file: ``${NAME}`` comes from the environment, ``NAME_file`` from a file.

``${NAME}`` works in every text, ``${NAME:-otherwise}`` too; ``$${`` writes ``${`` itself.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from orchestratord.config.document import Document
from orchestratord.config.faults import Path
from orchestratord.config.files import Base, read_text
from orchestratord.config.shape import keys_of, section_at

__all__ = ["read_files", "substitute"]

_REFERENCE: Final = re.compile(r"\$(\$)?\{([^{}]*)\}")
_INSIDE: Final = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)(:-(.*))?", re.DOTALL)
_LARGEST: Final = 64 << 10


def substitute(document: Document, environ: Mapping[str, str]) -> None:
    """Fill in every reference; one that cannot be is a fault."""
    for path, text in list(_texts(document.values, ())):
        if "${" in text and not document.is_at_fault(path):
            _fill(document, path, text, environ)


def _fill(document: Document, path: Path, text: str, environ: Mapping[str, str]) -> None:
    def value(found: re.Match[str]) -> str:
        if found[1]:
            return f"${{{found[2]}}}"
        inside = _INSIDE.fullmatch(found[2])
        if inside is None:
            document.fault(
                path, f"{found[0]} names no variable: write ${{NAME}}, or $${{ for the characters themselves"
            )
            return found[0]
        name, otherwise = inside[1], inside[3]
        if name in environ and (environ[name] or otherwise is None):
            return environ[name]
        if otherwise is None:
            document.fault(path, f"the environment has no {name}: set it, or write $${{{name}}} for the text itself")
            return found[0]
        return otherwise

    filled = _REFERENCE.sub(value, text)
    if filled != text:
        document.put(path, filled)
        document.written[path] = text


def read_files(document: Document, base: Base) -> None:
    """Read what a ``_file`` key names into the key it stands for."""
    for path, block in list(_blocks(document.values, ())):
        section = section_at(path)
        known = keys_of(section) if section else {}
        for key, value in list(block.items()):
            secret = key.removesuffix("_file")
            if secret != key and key in known and secret in known and isinstance(value, str):
                _read_file(document, (*path, key), secret, base)


def _read_file(document: Document, path: Path, secret: str, base: Base) -> None:
    into = (*path[:-1], secret)
    if document.get(*into) is not None:
        document.fault(path, f"{secret} is given too: keep one of them", at_key=True)
        return
    file = base.path(document.get(*path))
    try:
        content = read_text(file, _LARGEST, holds=str.strip, otherwise="is empty: write the secret into it").strip()
    except ValueError as error:
        document.fault(path, str(error))
        return
    document.put(into, content, document.marks.get(path))
    document.put(path, str(file))


def _texts(value: Any, path: Path) -> Iterator[tuple[Path, str]]:  # noqa: ANN401 (what a user wrote can be anything)
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _texts(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _texts(inner, (*path, index))


def _blocks(value: Any, path: Path) -> Iterator[tuple[Path, dict[str, Any]]]:  # noqa: ANN401 (as above)
    if isinstance(value, dict):
        yield path, value
        for key, inner in value.items():
            yield from _blocks(inner, (*path, key))
