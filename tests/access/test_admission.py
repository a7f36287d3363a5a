"""Who a peer is: descent before uid, and nothing gained by a claim."""

import pytest

from orchestratord.access.admission import Owner, Resident, admit
from orchestratord.access.peer import Peer
from orchestratord.access.role import Role
from orchestratord.errors import NotPermitted
from orchestratord.processes.identity import ProcessId

INIT = ProcessId(1, 0)
PANE = ProcessId(50, 7)
OWNER = Owner(uid=1000, group=77)
RESIDENTS = [Resident("ben", None, None), Resident("anna", PANE, "launch-anna")]


def peer(
    uid: int = 1000,
    *ancestors: ProcessId,
    groups: frozenset[int] = frozenset(),
    session: int | None = 100,
    launches: frozenset[str] = frozenset(),
) -> Peer:
    return Peer(uid, groups, (ProcessId(100, 9), *ancestors, INIT), session, launches)


@pytest.mark.parametrize(
    "operator", [peer(0), peer(1000), peer(1001, groups=frozenset({5, 77}))], ids=["root", "owner", "group"]
)
def test_root_the_owner_and_the_group_operate(operator: Peer) -> None:
    caller = admit(operator, RESIDENTS, OWNER)
    assert (caller.role, caller.agent, caller.uid) == (Role.OPERATE, None, operator.uid)


def test_anybody_else_is_refused_and_told_who_may() -> None:
    with pytest.raises(NotPermitted, match="uid 1001") as refusal:
        admit(peer(1001, groups=frozenset({1001})), RESIDENTS, OWNER)
    assert "uid 1000" in refusal.value.hint


def test_without_the_group_nobody_is_let_in_for_having_none() -> None:
    with pytest.raises(NotPermitted):
        admit(peer(1001), RESIDENTS, Owner(uid=1000, group=None))


@pytest.mark.parametrize(
    "below",
    [
        peer(1000, PANE),
        peer(0, ProcessId(60, 8), PANE),
        peer(1000, session=PANE.pid),
        peer(1000, launches=frozenset({"launch-anna"})),
        peer(0, launches=frozenset({"launch-anna", "earlier"})),
    ],
    ids=[
        "child",
        "grandchild that became root",
        "orphan in the pane's session",
        "by launch id",
        "root by launch id",
    ],
)
def test_whoever_descends_from_a_pane_is_that_agent_whatever_its_uid(below: Peer) -> None:
    caller = admit(below, RESIDENTS, OWNER)
    assert (caller.role, caller.agent, caller.launch) == (Role.TAKE_PART, "anna", "launch-anna")


def test_a_pid_that_was_used_again_is_not_the_agent() -> None:
    assert admit(peer(1000, ProcessId(PANE.pid, 8)), RESIDENTS, OWNER).agent is None


def test_what_is_left_over_from_an_earlier_launch_may_only_look() -> None:
    caller = admit(peer(1000, launches=frozenset({"forgotten"})), RESIDENTS, OWNER)
    assert (caller.role, caller.agent) == (Role.LOOK, None)


def test_a_strangers_claim_to_be_an_agent_gains_nothing() -> None:
    with pytest.raises(NotPermitted):
        admit(peer(1001, launches=frozenset({"launch-anna"})), RESIDENTS, OWNER)


def test_in_a_daemon_started_from_inside_a_pane_its_operator_still_operates() -> None:
    inside = Owner(uid=1000, group=None, launch="outer")
    assert admit(peer(1000, launches=frozenset({"outer"})), RESIDENTS, inside).role is Role.OPERATE
    assert admit(peer(1000, launches=frozenset({"outer", "launch-anna"})), RESIDENTS, inside).agent == "anna"
