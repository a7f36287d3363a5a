"""What a caller may do, and who a caller is."""

from dataclasses import dataclass
from enum import StrEnum

__all__ = ["Caller", "Role"]


class Role(StrEnum):
    """What a caller may do; each role includes the ones before it."""

    LOOK = "look"
    """Read what is, change nothing."""
    TAKE_PART = "take_part"
    """What an agent may: look, and speak for itself."""
    OPERATE = "operate"
    """Everything."""

    def includes(self, other: "Role") -> bool:
        """Whether whoever has this role may do what needs ``other``."""
        ranks = list(Role)
        return ranks.index(self) >= ranks.index(other)


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody at a door, as far as the door could find out."""

    role: Role
    who: str
    """For the audit: ``uid 1000 (pid 4711)``, ``agent grand_boss``, ``token 3f2a (dashboard)``, ``loopback``."""
    agent: str | None = None
    """The agent this caller is, when it is one; such a caller never has more than TAKE_PART."""
    uid: int | None = None
    pid: int | None = None
    launch: str | None = None
    """The launch id that the calling process carries."""
