"""Keeping secrets out of the log, whoever put them into an event."""

import re
from collections.abc import Mapping, MutableMapping
from typing import Any, Final

__all__ = ["redact", "redact_text"]

HIDDEN: Final = "***"

_SECRET_NAME: Final = re.compile(
    r"(?i)(^|[_.-])(token|secret|passwo?r?d|passphrase|api_?key|apikey|private_?key|authorization|cookie|credentials?)s?$"
)
_SECRET_TEXT: Final = re.compile(
    r"""(?x)
    (?P<bearer> (?i:\b(?:bearer|basic)\s+) ) [A-Za-z0-9._~+/=-]{8,}       # an Authorization header
    | (?P<named> (?i:\b[a-z0-9_-]*(?:token|secret|password|api_?key)["']?\s*[=:]\s*["']?) ) [^\s"'&,;]{4,}
    | (?P<url> \b[a-z][a-z0-9+.-]*://[^\s:/@]+: ) [^\s@/]+ (?=@)             # user:password@host
    | \b sk-[A-Za-z0-9_-]{16,}                                              # model providers' keys
    | \b gh[opsur]_[A-Za-z0-9]{20,} | \b github_pat_\w{20,}
    | \b xox[abeprs]-[A-Za-z0-9-]{10,}
    | \b AKIA[0-9A-Z]{16} \b | \b AIza[0-9A-Za-z_-]{30,}
    | hooks\.slack\.com/services/[A-Za-z0-9/_-]+
    | -----BEGIN\ [A-Z ]*PRIVATE\ KEY-----[\s\S]*?(?:-----END\ [A-Z ]*PRIVATE\ KEY-----|$)
    """
)


def redact_text(text: str) -> str:
    """The text with everything that looks like a token, key or password replaced by ``***``."""
    return _SECRET_TEXT.sub(lambda found: (found["bearer"] or found["named"] or found["url"] or "") + HIDDEN, text)


def redact(logger: object, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:  # noqa: ARG001  structlog's shape of a processor
    """A structlog processor: hides values by their names and by their looks, at any depth."""
    for key, value in event.items():
        event[key] = _hidden(key, value)
    return event


def _hidden(name: str, value: object) -> object:
    if isinstance(value, str | bytes) and _SECRET_NAME.search(name):
        return HIDDEN
    if isinstance(value, str):
        return redact_text(value)
    if isinstance(value, Mapping):
        return {key: _hidden(str(key), each) for key, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_hidden(name, each) for each in value]
    return value
