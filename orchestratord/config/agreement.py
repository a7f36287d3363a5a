"""What must agree across a configuration, beyond what one section can see."""

from orchestratord.config.bind import objection
from orchestratord.config.document import Document

__all__ = ["check"]


def check(document: Document, *, has_tokens: bool | None) -> None:
    """Note two agents of one name, and a web door open to others without a token (None: nobody knows of tokens)."""
    agents = document.get("agents")
    first: dict[str, int] = {}
    for index, agent in enumerate(agents if isinstance(agents, list) else []):
        name = agent.get("name") if isinstance(agent, dict) else None
        if not isinstance(name, str):
            continue
        if name in first:
            document.fault(("agents", index, "name"), f'"{name}" is already the name of agents[{first[name]}]')
        first.setdefault(name, index)
    host = document.get("http", "host")
    if has_tokens is not None and isinstance(host, str) and (reason := objection(host, has_tokens=has_tokens)):
        document.fault(("http", "host"), reason)
