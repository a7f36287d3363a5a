"""What an operator asks of several agents at a time, done to all at once and told while it goes on."""

import asyncio
from collections.abc import Callable, Mapping, Sequence

from pydantic import JsonValue

from orchestratord.agents.agent import Agent
from orchestratord.agents.states import State
from orchestratord.errors import OrchestratorError

__all__ = ["NotStarted", "NotStopped", "Progress", "bring_down", "bring_up", "nobody"]

Progress = Callable[[Mapping[str, JsonValue]], None]
"""Told of every step of long work: ``{"agent", "state", "reason", "done", "total"}``. Must not block."""


class NotStarted(OrchestratorError):
    """Agents that were to start are not ready; the message has a line for each with its reason."""

    code = "not_started"


class NotStopped(OrchestratorError):
    """Agents that were to stop have processes that nothing ends; the message has a line for each."""

    code = "not_stopped"


def nobody(_: Mapping[str, JsonValue]) -> None:
    """Nobody wants to know."""


async def bring_up(agents: Sequence[Agent], progress: Progress) -> None:
    """Wait until each of these agents is ready, or it is known that it will not be. Raises NotStarted."""
    await _follow(agents, progress)
    failed = [agent for agent in agents if not _is_up(agent)]
    if failed:
        raise NotStarted(
            "\n".join(f"{agent.name} is {agent.state}: {agent.reason}" for agent in failed),
            hint=f"See what it showed: orchestratorctl logs {failed[0].name}",
        )


async def bring_down(agents: Sequence[Agent], progress: Progress) -> None:
    """Wait until nothing of these agents runs any more. Raises NotStopped."""
    await _follow(agents, progress)
    left = [agent for agent in agents if agent.state is not State.STOPPED]
    if left:
        raise NotStopped("\n".join(f"{agent.name} is {agent.state}: {agent.reason}" for agent in left))


def _is_up(agent: Agent) -> bool:
    """A dialog before the first prompt keeps it from work, and no one but a human can answer it."""
    return agent.process is not None and agent.life.body.observer.ready


async def _follow(agents: Sequence[Agent], progress: Progress) -> None:
    done = 0

    async def one(agent: Agent) -> None:
        nonlocal done
        told: tuple[State, str] | None = None
        while True:
            quiet = agent.life.quiet
            done += quiet
            if quiet or (agent.state, agent.reason) != told:
                told = (agent.state, agent.reason)
                progress(
                    {
                        "agent": agent.name,
                        "state": agent.state.value,
                        "reason": agent.reason,
                        "done": done,
                        "total": len(agents),
                    }
                )
            if quiet:
                return
            await agent.life.standing.bell.heard()

    await asyncio.gather(*(one(agent) for agent in agents))
