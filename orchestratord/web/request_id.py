"""The name of one request, in its answer, in the log and in the audit."""

import re
import secrets

__all__ = ["new_request_id", "request_id_of"]

_SANE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


def new_request_id() -> str:
    """Sixteen hexadecimal digits."""
    return secrets.token_hex(8)


def request_id_of(given: str | None) -> str:
    """The caller's own id when it is a plain word of at most 64 characters, else a new one."""
    return given if given and _SANE.fullmatch(given) else new_request_id()
