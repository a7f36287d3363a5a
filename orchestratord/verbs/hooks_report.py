"""Take an agent's hook report."""

from pydantic import Field, JsonValue

from orchestratord.access.role import Role
from orchestratord.errors import Conflict, NotPermitted
from orchestratord.verbs.verb import AgentName, Answer, Call, Parameters, Verb

__all__ = ["VERB"]


class _Report(Parameters):
    agent: AgentName
    launch: str = Field(max_length=128, description="The id of the launch that reports, from ORCHESTRATOR_LAUNCH.")
    payload: dict[str, JsonValue] = Field(description="What the agent CLI gave its hook, unchanged.")


async def _run(call: Call[_Report]) -> Answer:
    report = call.parameters
    agent = call.house.agent(report.agent)
    if call.caller.agent not in {None, agent.name}:
        raise NotPermitted(f"{call.caller.who} may not report for {agent.name}", hint="An agent speaks for itself.")
    if report.launch != agent.launch:
        raise Conflict(
            f"the launch that reports for {agent.name} is not the one that runs",
            hint="What an earlier process of the agent has to say is not believed any more.",
        )
    output = call.house.cluster.report_hook(agent.name, report.launch, report.payload)
    # A report that was answered is never told again: what it has changed must outlive us first.
    await call.house.journal.flush()
    return {} if output is None else {"output": dict(output)}


VERB = Verb(
    "hooks.report",
    "Take what an agent CLI tells through its hooks.",
    _Report,
    Role.TAKE_PART,
    _run,
    changes=True,
)
