"""Who calls: the bearer of a token, or somebody on this machine who may look."""

import ipaddress
from collections.abc import Mapping
from typing import Final

from orchestratord.access.role import Caller, Role
from orchestratord.access.tokens import Tokens
from orchestratord.web.answers import Refusal

__all__ = ["SOMEBODY_LOCAL", "authenticate", "token_needed"]

SOMEBODY_LOCAL: Final = Caller(Role.LOOK, "loopback")
"""Whoever reads from this machine without a token, as the runbook's curl lines do."""

_PROXIED = ("Forwarded", "X-Forwarded-For", "X-Real-IP")


def authenticate(headers: Mapping[str, str], peer: str, tokens: Tokens) -> Caller:
    """The caller, or a Refusal with 401.

    A token that is sent must be right, even where none is needed: a typing error should not pass for a visitor.
    A request that a proxy on this machine passes on comes from anywhere, so it is not a local one.
    """
    given = headers.get("Authorization")
    if given is None:
        if _is_loopback(peer) and not any(name in headers for name in _PROXIED):
            return SOMEBODY_LOCAL
        raise token_needed("from beyond this machine every request needs a token")
    scheme, _, secret = given.partition(" ")
    caller = tokens.caller(secret.strip()) if scheme.lower() == "bearer" else None
    if caller is None:
        raise token_needed("the token is not known, or it was revoked", error="invalid_token")
    return caller


def token_needed(message: str, *, error: str = "") -> Refusal:
    """The refusal that asks for a token, as RFC 6750 words it."""
    challenge = 'Bearer realm="orchestratord"' + (f', error="{error}"' if error else "")
    return Refusal(
        401,
        "unauthenticated",
        message,
        hint="Make a token with `orchestratorctl token create` and send it as `Authorization: Bearer TOKEN`.",
        headers={"WWW-Authenticate": challenge},
    )


def _is_loopback(peer: str) -> bool:
    try:
        address = ipaddress.ip_address(peer)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback
