"""May the web door listen there? Beyond loopback only when somebody needs a token to get in."""

import ipaddress

from orchestratord.errors import BadConfiguration

__all__ = ["check_bind", "is_loopback", "objection"]


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches ``host``; a name other than localhost is taken to be reachable."""
    if host.lower() == "localhost":
        return True
    try:
        address = ipaddress.ip_address(host.strip("[]").partition("%")[0])
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback


def objection(host: str, *, has_tokens: bool) -> str:
    """Why the web door may not listen on ``host``; empty when it may."""
    if has_tokens or is_loopback(host):
        return ""
    return (
        f"{host} is reachable from other machines and there is no token, so everybody could read what the agents do: "
        "run `orchestratorctl token create` first, or listen on 127.0.0.1"
    )


def check_bind(host: str, *, has_tokens: bool) -> None:
    """Raise BadConfiguration when ``host`` is reachable from elsewhere and no token exists."""
    if reason := objection(host, has_tokens=has_tokens):
        raise BadConfiguration(reason)
