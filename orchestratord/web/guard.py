"""Whom a request claims to talk to, and from which page it comes: pure decisions against DNS rebinding and CSRF.

A page of somebody else can make a browser send requests here, and with a name of its own that resolves to 127.0.0.1
it could even read the answers. Such a request carries that name as its Host, and the page as its Origin.
"""

import ipaddress
from collections.abc import Iterable, Sequence
from urllib.parse import urlsplit

from orchestratord.web.answers import Refusal

__all__ = ["Guard"]

_ALWAYS = ("localhost", "127.0.0.1", "::1")


class Guard:
    """Knows the names under which this door answers: loopback's, the address it listens on, ``allowed_hosts``."""

    def __init__(self, listens_on: str, allowed_hosts: Iterable[str]) -> None:
        wished = (*_ALWAYS, *_unless_wildcard(listens_on), *allowed_hosts)
        self._names = frozenset(_name(host) or host.lower() for host in wished)

    def check(self, hosts: Sequence[str], target_host: str, origins: Sequence[str]) -> None:
        """Raise a Refusal: 421 for a foreign Host, 403 for a foreign Origin.

        ``hosts`` and ``origins`` are all headers of that name; ``target_host`` is the host of an absolute request
        target, which HTTP puts above the Host header. The port of a Host does not matter, for it is ours in any case;
        that of an Origin does, for another port is another program.
        """
        named = [*hosts, *([target_host] if target_host else [])]
        if len(hosts) != 1 or any(_name(host) not in self._names for host in named):
            raise Refusal(
                421,
                "foreign_host",
                f"this server does not answer for the host {_shown(named)}",
                hint="Use 127.0.0.1 or localhost, or add the name to http.allowed_hosts in the configuration.",
            )
        if origins and (len(origins) != 1 or _authority(origins[0]) != hosts[0].lower()):
            raise Refusal(
                403,
                "foreign_origin",
                f"requests from pages of {_shown(origins)} are not accepted",
                hint="Only pages that this server sent may call it; programs send no Origin header.",
            )


def _unless_wildcard(host: str) -> tuple[str, ...]:
    try:
        return () if ipaddress.ip_address(host).is_unspecified else (host,)
    except ValueError:
        return (host,)


def _name(host: str) -> str | None:
    """The name in ``name:port`` or ``[address]:port``, lower case and without the root's dot; None for anything odd."""
    if ":" in host and host.count(":") > 1 and not host.startswith("["):
        host = f"[{host}]"
    try:
        parts = urlsplit(f"//{host}")
        odd = parts.port == 0 or "@" in host or parts.path or parts.query or parts.fragment
        return None if odd or not parts.hostname else parts.hostname.removesuffix(".")
    except ValueError:
        return None


def _authority(origin: str) -> str | None:
    scheme, separator, authority = origin.lower().partition("://")
    return authority if separator and scheme in {"http", "https"} else None


def _shown(values: Sequence[str]) -> str:
    return ", ".join(ascii(value[:100]) for value in values[:3]) or "(none)"
