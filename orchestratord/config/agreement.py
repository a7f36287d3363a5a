"""What must agree across a configuration, beyond what one section can see."""

import difflib
from collections.abc import Iterator
from typing import Final

from orchestratord.config.agent import EVERYBODY
from orchestratord.config.bind import objection
from orchestratord.config.document import Document
from orchestratord.config.wording import quote

__all__ = ["check"]

_TAKEN: Final = {EVERYBODY: "stands for every agent", "operator": "stands for whoever operates the cluster"}


def check(document: Document, *, has_tokens: bool | None) -> None:
    """Note what contradicts itself.

    Two agents of one name or with a name that has a meaning of its own, an agent that reports to or may write to
    nobody there is, and a web door open to others without a token (None: nobody knows of tokens).
    """
    _check_names(document)
    _check_relations(document)
    host = document.get("http", "host")
    if has_tokens is not None and isinstance(host, str) and (reason := objection(host, has_tokens=has_tokens)):
        document.fault(("http", "host"), reason)


def _check_names(document: Document) -> None:
    first: dict[str, int] = {}
    for index, name in _texts(document, "name"):
        if name in first:
            document.fault(("agents", index, "name"), f'"{name}" is already the name of agents[{first[name]}]')
        if name in _TAKEN:
            document.fault(("agents", index, "name"), f'"{name}" {_TAKEN[name]}: choose another name')
        first.setdefault(name, index)


def _check_relations(document: Document) -> None:
    names = {name for _, name in _texts(document, "name")}
    readers = {*names, *(role for _, role in _texts(document, "role")), EVERYBODY}
    for index, chief in _texts(document, "reports_to"):
        if chief == document.get("agents", index, "name"):
            document.fault(("agents", index, "reports_to"), "an agent cannot report to itself")
        elif chief not in names:
            document.fault(("agents", index, "reports_to"), f"there is no agent {_meant(chief, names)}")
    for index, _ in _texts(document, "name"):
        written = document.get("agents", index, "may_message")
        for place, reader in enumerate(written if isinstance(written, list) else []):
            if isinstance(reader, str) and reader not in readers:
                fault = f"there is no agent or role {_meant(reader, readers)}"
                document.fault(("agents", index, "may_message", place), fault)


def _texts(document: Document, key: str) -> Iterator[tuple[int, str]]:
    """What every agent that has the key says there, with its place in the list."""
    agents = document.get("agents")
    for index, agent in enumerate(agents if isinstance(agents, list) else []):
        if isinstance(agent, dict) and isinstance(value := agent.get(key), str):
            yield index, value


def _meant(word: str, known: set[str]) -> str:
    close = difflib.get_close_matches(word, sorted(known), n=1)
    return quote(word) + (f'; did you mean "{close[0]}"?' if close else "")
