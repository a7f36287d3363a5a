"""A YAML file becomes a document of plain values, bounded in size, depth and number whatever the file holds.

Read as YAML 1.2 reads: only ``true`` and ``false`` are truth values, ``010`` and ``1:30`` are text, a date is text.
``key:`` with nothing behind it means that the key is not given. Anchors, aliases and ``<<`` work.
"""

import codecs
import re
import stat
from collections.abc import Callable, Mapping
from pathlib import Path as FilePath
from typing import Any, Final

import yaml
from yaml.composer import Composer
from yaml.parser import Parser
from yaml.reader import Reader, ReaderError
from yaml.resolver import BaseResolver
from yaml.scanner import Scanner

from orchestratord.config.document import Document
from orchestratord.config.faults import ConfigurationFaults, Fault, Mark, Path
from orchestratord.config.syntax import explain, guess_encoding, lines_of
from orchestratord.config.wording import quote

__all__ = ["read"]

_LARGEST: Final = 256 << 10
_DEEPEST: Final = 16
_MOST_NODES: Final = 20_000

_TAG: Final = "tag:yaml.org,2002:"


def read(path: FilePath) -> Document:
    """Read one file.

    Raises:
        ConfigurationFaults: it cannot be read, or is not YAML (one fault: nothing behind it can be trusted). Keys
            written twice are noted in the document instead.
    """
    return _Reading(str(path)).of(_text(path))


def _text(path: FilePath) -> str:
    source = str(path)
    try:
        found = path.stat()
        if stat.S_ISDIR(found.st_mode):
            raise _alone(Mark(source), "is a directory: name the file in it, such as cc-cluster.yaml")
        if not stat.S_ISREG(found.st_mode):
            raise _alone(Mark(source), "is not a regular file: write the configuration into a file")
        with path.open("rb") as file:
            raw = file.read(_LARGEST + 1)
    except FileNotFoundError:
        advice = "name one with --config or ORCHESTRATOR_CONFIG_PATH, or write it there"
        raise _alone(Mark(source), f"there is no such file: {advice}") from None
    except OSError as error:
        raise _alone(Mark(source), f"cannot be read: {error.strerror}") from None
    if len(raw) > _LARGEST:
        raise _alone(Mark(source), f"is larger than {_LARGEST >> 10} KiB: this cannot be the configuration")
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise _alone(Mark(source, 1, 1), "is UTF-16: save the file as UTF-8")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = raw[: error.start].decode("utf-8", errors="replace")
        bad = f"the byte 0x{raw[error.start]:02x} is not UTF-8{guess_encoding(raw)}: save the file as UTF-8"
        raise _alone(_mark_after(source, before), bad) from None


def _alone(mark: Mark, message: str) -> ConfigurationFaults:
    return ConfigurationFaults([Fault(mark, (), message)])


def _mark_after(source: str, before: str) -> Mark:
    lines = lines_of(before)
    return Mark(source, len(lines), len(lines[-1]) + 1)


class _Resolver(BaseResolver):
    """Tells numbers, truth and nothing from text as YAML 1.2 does."""


for _kind, _pattern, _first in (
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("bool", r"true|True|TRUE|false|False|FALSE", list("tTfF")),
    ("int", r"-?(?:0|[1-9][0-9]{0,17})", list("-0123456789")),
    ("float", r"-?(?:0|[1-9][0-9]{0,17})(?:\.[0-9]{1,18})?(?:[eE][-+]?[0-9]{1,2})?", list("-0123456789")),
):
    _Resolver.add_implicit_resolver(_TAG + _kind, re.compile(f"^(?:{_pattern})$"), _first)


_READERS: Final[Mapping[str, Callable[[str], object]]] = {
    "str": str,
    "int": int,
    "float": float,
    "bool": lambda word: word.lower() == "true",
}


class _Composer(Reader, Scanner, Parser, Composer, _Resolver):
    """Composes the tree of nodes and stops where it gets too deep or too large."""

    def __init__(self, text: str) -> None:
        Reader.__init__(self, text)
        Scanner.__init__(self)
        Parser.__init__(self)
        Composer.__init__(self)
        _Resolver.__init__(self)
        self._depth = 0
        self._nodes = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        self._nodes += 1
        if self._depth >= _DEEPEST:
            raise self._too_much(f"blocks stand in more than {_DEEPEST} others")
        if self._nodes > _MOST_NODES:
            raise self._too_much(f"more than {_MOST_NODES} values")
        self._depth += 1
        try:
            node: yaml.Node | None = super().compose_node(parent, index)
        finally:
            self._depth -= 1
        return node

    def _too_much(self, problem: str) -> yaml.MarkedYAMLError:
        parser: Any = self  # the parser's methods have no types
        return yaml.MarkedYAMLError(problem=problem, problem_mark=parser.peek_event().start_mark)


class _Reading:
    """One reading of one text into one document."""

    def __init__(self, source: str) -> None:
        self._document = Document(source)
        self._left = _MOST_NODES

    def of(self, text: str) -> Document:
        source = self._document.source
        try:
            root = _Composer(text).get_single_node()
        except ReaderError as error:
            mark = _mark_after(source, text[: error.position])
            raise _alone(mark, f"the character U+{error.character:04X} is not allowed here: take it out") from None
        except yaml.MarkedYAMLError as error:
            message, place = explain(error, text)
            raise _alone(Mark(source, place.line + 1, place.column + 1), message) from None
        if root is None:
            raise _alone(Mark(source, 1, 1), "is empty: at least agents: with one agent must be written")
        if not isinstance(root, yaml.MappingNode):
            raise _alone(self._mark(root), "must be a block of keys: cluster:, agents:, each at the start of a line")
        self._document.values = self._value(root, ())
        return self._document

    def _mark(self, node: yaml.Node) -> Mark:
        return Mark(self._document.source, node.start_mark.line + 1, node.start_mark.column + 1)

    def _value(self, node: yaml.Node, path: Path) -> Any:  # noqa: ANN401 (YAML holds anything)
        # Aliases share nodes: a small file can unfold into billions of values, or into itself.
        self._left -= 1
        if self._left < 0 or len(path) > _DEEPEST:
            raise _alone(self._mark(node), "the aliases (*name) unfold into too much: write the values out")
        self._document.marks.setdefault(path, self._mark(node))
        if isinstance(node, yaml.MappingNode) and node.tag == _TAG + "map":
            return self._block(node, path)
        if isinstance(node, yaml.SequenceNode) and node.tag == _TAG + "seq":
            return [self._value(item, (*path, index)) for index, item in enumerate(node.value)]
        if isinstance(node, yaml.ScalarNode) and node.tag.startswith(_TAG):
            return self._scalar(node, path)
        tag = node.tag.replace(_TAG, "!!")
        self._document.fault(path, f"the tag {tag} is not known: write the value alone")
        return None

    def _block(self, node: yaml.MappingNode, path: Path) -> dict[str, Any]:
        block: dict[str, Any] = {}
        merged: list[yaml.Node] = []
        seen: dict[str, Mark] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                message = "a key must be plain text; a text that starts with { or [ needs quotes"
                self._document.faults.append(Fault(self._mark(key_node), path, message))
                continue
            key, mark = key_node.value, self._mark(key_node)
            if key == "<<" and key_node.style is None:
                merged += value_node.value if isinstance(value_node, yaml.SequenceNode) else [value_node]
                continue
            place = (*path, key)
            if key in seen:
                # Not through fault(): the first one's place is not where the mistake is, and its value has its own.
                message = f"is written twice; the first is in line {seen[key].line}: keep one of them"
                self._document.faults.append(Fault(mark, place, message))
                continue
            seen[key] = self._document.keys[place] = mark
            if not _is_nothing(value_node):
                block[key] = self._value(value_node, place)
        return self._merge(block, merged, path)

    def _merge(self, block: dict[str, Any], merged: list[yaml.Node], path: Path) -> dict[str, Any]:
        for node in merged:
            if not isinstance(node, yaml.MappingNode):
                self._document.fault((*path, "<<"), "<< needs a block of keys, such as *name of one with &name")
                continue
            for key, value in self._value(node, path).items():
                block.setdefault(key, value)
        return block

    def _scalar(self, node: yaml.ScalarNode, path: Path) -> object:
        kind, text = node.tag.removeprefix(_TAG), str(node.value)
        if kind == "null":
            return None
        try:
            return _READERS[kind](text)
        except (KeyError, ValueError):
            self._document.fault(path, f"{quote(text)} does not fit its tag !!{kind}: write the value alone")
            return None


def _is_nothing(node: yaml.Node) -> bool:
    return isinstance(node, yaml.ScalarNode) and node.tag == _TAG + "null"
