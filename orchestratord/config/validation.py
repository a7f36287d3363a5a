"""The schema's verdict on a document, in words for whoever wrote it."""

import difflib
import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from orchestratord.config.document import Document
from orchestratord.config.faults import Path
from orchestratord.config.schema import Configuration
from orchestratord.config.shape import homes_of, keys_of, section_at
from orchestratord.config.wording import describe, quote

__all__ = ["validate"]


def validate(document: Document) -> Configuration | None:
    """The configuration, or None with every fault noted in the document."""
    try:
        return Configuration.model_validate(document.values)
    except ValidationError as invalid:
        for error in invalid.errors(include_url=False):
            # A list whose items are all at fault counts as empty too; its items' own faults say more.
            if error["type"] != "too_short" or not error["input"]:
                _note(document, error)
        return None


def _note(document: Document, error: ErrorDetails) -> None:
    path, context = error["loc"], error.get("ctx", {})
    about_key = error["type"] == "extra_forbidden" or path[-1:] == ("[key]",)
    path = path[:-1] if path[-1:] == ("[key]",) else path
    if error["type"] == "key":
        path = (*path, context["key"])
    found = error["input"]
    # What came from the environment may be a secret in the wrong place: say what the file says.
    written = document.written.get(path)
    explain = _EXPLANATIONS.get(error["type"])
    message = explain(path, found if written is None else written, context) if explain else error["msg"]
    if written is not None:
        message = message.replace(quote(str(found)), quote(written)).replace(str(found), written)
    document.fault(path, message, at_key=about_key)


Explanation = Callable[[Path, Any, Mapping[str, Any]], str]


def _missing(path: Path, _found: object, _context: object) -> str:
    section = section_at(path[:-1])
    field = keys_of(section).get(str(path[-1])) if section else None
    described = (field.description or "") if field else ""
    return f"is missing ({described[:1].lower()}{described[1:].rstrip('.')})" if described else "is missing"


def _unknown(path: Path, _found: object, _context: object) -> str:
    section = section_at(path[:-1])
    known = list(keys_of(section)) if section else []
    if section and (bare := str(path[-1]).strip()) != path[-1] and bare in known:
        return f'unknown key: before "{bare}" stands a space that is none to YAML, such as U+3000; write plain spaces'
    key = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", str(path[-1])).lower().replace("-", "_").strip()
    begun = [name for name in known if len(key) > 2 and name.startswith(key)]
    if near := begun or difflib.get_close_matches(key, known, n=1, cutoff=0.65):
        return f'unknown key; did you mean "{near[0]}"?'
    if homes := homes_of(key):
        return f"unknown key here; it belongs under {' or '.join(homes[:3])}"
    return f"unknown key; known here are {', '.join(known)}"


def _choice(_path: Path, found: object, context: Mapping[str, Any]) -> str:
    words = re.findall(r"'([^']*)'", context["expected"])
    allowed = f"must be {', '.join(words[:-1])} or {words[-1]}, not {describe(found)}"
    folded = {word.lower(): word for word in words}
    near = difflib.get_close_matches(str(found).lower(), folded, n=1)
    return f'{allowed}; did you mean "{folded[near[0]]}"?' if near else allowed


def _block(path: Path, found: object, _context: object) -> str:
    if found is None:
        return "is empty: write it or take the dash away"
    section = section_at(path)
    keys = [*keys_of(section)] if section else ["NAME: value"]
    some = ", ".join(keys[:3]) + (", …" if len(keys) > 3 else "")
    name = f': write "- name: {found[:32]}"' if path[:-1] == ("agents",) and isinstance(found, str) else ""
    return f"must be a block of keys ({some}), not {describe(found)}{name}"


def _list(path: Path, found: object, _context: object) -> str:
    if path == ("agents",):
        return f'must be a list, not {describe(found)}: write "- name: …" for each agent'
    if isinstance(found, str):
        items = ", ".join(quote(word) for word in found.split()[:8])
        return f"must be a list, not one text: write [{items}]"
    return f'must be a list, not {describe(found)}: write "- " before each item'


def _too_few(path: Path, _found: object, _context: object) -> str:
    return f"is empty: at least one {'agent' if path == ('agents',) else 'item'} is needed"


def _too_many(_path: Path, found: Any, context: Mapping[str, Any]) -> str:  # noqa: ANN401 (a list of anything)
    return f"has {len(found)} items: at most {context['max_length']} are possible"


def _own_words(_path: Path, _found: object, context: Mapping[str, Any]) -> str:
    return str(context["error"])


_EXPLANATIONS: Final[Mapping[str, Explanation]] = {
    "missing": _missing,
    "extra_forbidden": _unknown,
    "literal_error": _choice,
    "model_type": _block,
    "mapping_type": _block,
    "dict_type": _block,
    "tuple_type": _list,
    "too_short": _too_few,
    "too_long": _too_many,
    "value_error": _own_words,
}
