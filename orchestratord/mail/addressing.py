"""To whom a message goes, and whether its sender may write to them: decisions from the configuration."""

import difflib
from collections.abc import Mapping
from typing import Final

from orchestratord.config.agent import EVERYBODY, AgentConfig
from orchestratord.errors import BadRequest, NoSuchAgent, NotPermitted
from orchestratord.mail.message import OPERATOR

__all__ = ["may_write", "receivers"]

_EVERYWHERE: Final = (OPERATOR, EVERYBODY)


def receivers(agents: Mapping[str, AgentConfig], sender: str, to: str, *, replying: bool = False) -> list[str]:
    """The one that ``to`` names, or all who have it as their role and to whom the sender may write, without itself.

    ``replying``: ``to`` has written to the sender, who may then always write back. Raises NoSuchAgent, NotPermitted,
    and BadRequest for a message to oneself.
    """
    if to == sender:
        raise BadRequest(f"{sender} cannot write to itself")
    if to == OPERATOR or to in agents:
        if not replying and not may_write(agents, sender, to):
            raise _refusal(sender, to)
        return [to]
    group = [name for name, agent in agents.items() if to in {EVERYBODY, agent.role}]
    if not group:
        raise _unknown(agents, to)
    permitted = [name for name in group if name != sender and may_write(agents, sender, name)]
    if not permitted:
        raise _refusal(sender, to)
    return permitted


def may_write(agents: Mapping[str, AgentConfig], sender: str, to: str) -> bool:
    """Whether the policy lets ``sender`` begin to write to ``to``.

    Operators write to everybody and everybody to them; whoever reports to somebody may write there, and be written to.
    """
    if OPERATOR in {sender, to}:
        return True
    writer, reader = agents.get(sender), agents.get(to)
    if writer is None or reader is None:
        return False
    return (
        to == writer.reports_to
        or sender == reader.reports_to
        or not {EVERYBODY, reader.name, reader.role}.isdisjoint(writer.may_message)
    )


def _refusal(sender: str, to: str) -> NotPermitted:
    return NotPermitted(
        f"{sender} may not write to {to}",
        hint=f"agents[].may_message of {sender} says to whom it may; {OPERATOR} can always be written to.",
    )


def _unknown(agents: Mapping[str, AgentConfig], to: str) -> NoSuchAgent:
    known = dict.fromkeys([*agents, *(agent.role for agent in agents.values()), *_EVERYWHERE])
    close = difflib.get_close_matches(to, known, n=1)
    return NoSuchAgent(
        f"there is no agent or role {to[:64]!r}" + (f"; did you mean {close[0]!r}?" if close else ""),
        hint=f"There are {', '.join(known)}.",
    )
