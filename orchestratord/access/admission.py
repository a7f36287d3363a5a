"""Who a peer is: a decision from what the kernel said and which agents there are."""

import grp
import os
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Self

from orchestratord.access.peer import Peer
from orchestratord.access.role import Caller, Role
from orchestratord.errors import NotPermitted
from orchestratord.processes.identity import ProcessId, launch_of

__all__ = ["GROUP", "Owner", "Resident", "admit"]

GROUP: Final = "orchestrator"
"""The group whose members operate."""


@dataclass(frozen=True, slots=True)
class Resident:
    """An agent in its pane: ``process`` while it runs, ``launch`` the id its environment carries."""

    agent: str
    process: ProcessId | None
    launch: str | None


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose daemon this is."""

    uid: int
    group: int | None
    """The number of :data:`GROUP`, where there is one."""
    launch: str | None = None
    """The launch id that the daemon itself carries: set when it was started from inside some agent's pane."""

    @classmethod
    def of_this_process(cls) -> Self:
        """Asks the group database and /proc: call it in a thread when a loop runs."""
        try:
            group = grp.getgrnam(GROUP).gr_gid
        except KeyError:
            group = None
        return cls(os.getuid(), group, launch_of(os.getpid()))


def admit(peer: Peer, residents: Iterable[Resident], owner: Owner) -> Caller:
    """The caller that ``peer`` is; raises NotPermitted for strangers.

    Agents and their operator are usually one user, so descent comes before everything that a uid could grant: a
    process below a pane is that agent even as root.
    """
    operates = peer.uid in {0, owner.uid} or owner.group in peer.groups
    found = next((resident for resident in residents if _is(peer, resident, by_launch=operates)), None)
    if found is not None:
        who = f"agent {found.agent} (pid {peer.pid})"
        return Caller(Role.TAKE_PART, who, found.agent, peer.uid, peer.pid, found.launch)
    if not operates:
        raise NotPermitted(
            f"uid {peer.uid} (pid {peer.pid}) has no business here",
            hint=f"Call as root, as uid {owner.uid}, or as a member of the group {GROUP}.",
        )
    # What the daemon carries too tells nothing: then everybody here was started from inside the same outer pane.
    if launches := peer.launches - {owner.launch}:
        who = f"left over from an agent (pid {peer.pid})"
        return Caller(Role.LOOK, who, None, peer.uid, peer.pid, min(launches))
    return Caller(Role.OPERATE, f"uid {peer.uid} (pid {peer.pid})", None, peer.uid, peer.pid)


def _is(peer: Peer, resident: Resident, *, by_launch: bool) -> bool:
    """A launch id may take rights away, never give some: anybody can write one, so a stranger's counts for nothing."""
    if by_launch and resident.launch in peer.launches:
        return True
    process = resident.process
    return process is not None and (process in peer.lineage or process.pid == peer.session)
