"""Taking over from an earlier daemon: what runs is adopted, what ended meanwhile is lost, the rest is left alone."""

import asyncio
import contextlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from orchestratord.agents.adoption import Found, Known, Verdict, classify
from orchestratord.agents.agent import Agent
from orchestratord.agents.ending import Ending
from orchestratord.agents.ending_tree import Tree, climb
from orchestratord.agents.record import Record
from orchestratord.agents.states import Desired
from orchestratord.agents.stopping import ladder
from orchestratord.agents.surroundings import Surroundings
from orchestratord.errors import OrchestratorError, TmuxUnavailable
from orchestratord.processes import ProcessId, launch_of
from orchestratord.providers.base import ExitCause
from orchestratord.providers.spool import take_spooled
from orchestratord.tmux.facts import PaneFacts

__all__ = ["TakenOver", "read_spool", "take_over"]


@dataclass(slots=True)
class TakenOver:
    """How many panes were of which kind, and which are ours but belong to no agent of the configuration."""

    counts: Counter[str] = field(default_factory=Counter)
    abandoned: list[tuple[PaneFacts, Found]] = field(default_factory=list)


async def take_over(agents: Mapping[str, Agent], records: Mapping[str, Record], around: Surroundings) -> TakenOver:
    """Give every agent its pane, its process and its past. Raises TmuxUnavailable when nobody can look.

    Where the whole session is gone (a reboot, a dead tmux server) the agents that ran are wished back as they were:
    one event tells it, and no agent's policy is asked, for it was not the agent's fault.
    """
    taken = TakenOver()
    for name in records.keys() & agents.keys():
        agents[name].life.record.take(records[name])
    panes = await _adopt(agents, records, around, taken)
    gone = [agent for agent in agents.values() if agent.process is None and agent.life.record.process is not None]
    if gone and not panes:
        why = "the tmux session went while no daemon looked"
        around.journal.append("cluster.session_lost", None, reason=why, session=around.session.name)
    for agent in agents.values():
        if agent.process is None and agent not in gone:
            agent.life.resume_rest()
    await asyncio.gather(*(_lose(agent, panes.get(agent.name), around, with_session=not panes) for agent in gone))
    taken.counts[Verdict.LOST.value] = len(gone)
    await read_spool(agents, around)
    await asyncio.gather(*(_look_once(agent) for agent in agents.values()))
    return taken


async def _adopt(
    agents: Mapping[str, Agent], records: Mapping[str, Record], around: Surroundings, taken: TakenOver
) -> dict[str, PaneFacts]:
    """Say of every pane whose it is; the panes of our agents, whether or not they still run there."""
    session = around.session
    facts = await session.find()
    panes: dict[str, PaneFacts] = {}
    for pane, found in await asyncio.to_thread(lambda: [(one, _look(one)) for one in facts]):
        record = records.get(found.agent or "", Record())
        verdict = classify(found, session.mark, Known(record.launch, record.process))
        if verdict is Verdict.FOREIGN or found.agent is None:
            taken.counts[Verdict.FOREIGN.value] += 1
        elif found.agent not in agents:
            taken.abandoned.append((pane, found))
        else:
            panes[found.agent] = pane
            if verdict is Verdict.ADOPTED and found.process is not None:
                taken.counts[Verdict.ADOPTED.value] += 1
                agents[found.agent].life.adopt(found.launch or record.launch or "", found.process)
    await session.take({name: pane.id for name, pane in panes.items()})
    return panes


async def end_abandoned(pane: PaneFacts, found: Found, around: Surroundings) -> None:
    """End what runs for an agent that the configuration has no more, and remove its pane."""
    gone = asyncio.Event()
    await climb(ladder(()), Tree(found.process, found.launch), leader_gone=gone)
    await around.session.close_pane(pane.id)


def _look(pane: PaneFacts) -> Found:
    process = None if pane.dead else ProcessId.of(pane.pid)
    launch = launch_of(process.pid) if process is not None else None
    return Found(pane.cluster, pane.agent, pane.launch, process, launch)


async def _lose(agent: Agent, pane: PaneFacts | None, around: Surroundings, *, with_session: bool) -> None:
    life, record = agent.life, agent.life.record
    life.body.sweeper.later(Tree(record.process, record.launch))
    now = around.clock()
    ending = Ending(now, None, None, ExitCause.KILLED, words="ended while no daemon looked")
    if pane is not None and pane.pid == record.pid:
        with contextlib.suppress(TmuxUnavailable):
            its = await around.session.pane(agent.name)
            told, screen = await asyncio.gather(its.end_status(pane.pid), its.capture())
            ending = life.body.ending(now, told.status, told.signal, screen)
    life.lose(ending, decide=record.desired is Desired.RUNNING and not with_session)


async def read_spool(agents: Mapping[str, Agent], around: Surroundings) -> None:
    """Take what hooks could not report because no daemon answered, in the order in which it happened."""
    for report in await asyncio.to_thread(take_spooled, around.places.spool):
        agent = agents.get(report.agent)
        if agent is None:
            continue
        if agent.launch == report.launch:
            agent.report(report.payload, report.at)
        else:
            agent.life.body.overhear(report.payload, report.launch, report.at)


async def _look_once(agent: Agent) -> None:
    if agent.process is not None:
        with contextlib.suppress(OrchestratorError):
            await agent.life.body.observer.look_now()
