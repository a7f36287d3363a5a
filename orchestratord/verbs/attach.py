"""Say how to attach a terminal."""

from pydantic import Field, JsonValue

from orchestratord.access.role import Role
from orchestratord.errors import Conflict
from orchestratord.tmux.place import Place
from orchestratord.verbs.verb import AgentName, Answer, Call, Parameters, Verb

__all__ = ["VERB"]


class _Attach(Parameters):
    agent: AgentName | None = Field(default=None, description="Whose pane to show; default: the session as it is.")


async def _run(call: Call[_Attach]) -> Answer:
    house = call.house
    session = house.configuration.cluster.session_name
    tmux = Place(path=house.places.tmux_path, name=house.places.tmux_name).argv()
    pane = house.agent(call.parameters.agent).view()["pane"] if call.parameters.agent else None
    if call.parameters.agent and not isinstance(pane, str):
        raise Conflict(
            f"{call.parameters.agent} has no pane now", hint=f"orchestratorctl start {call.parameters.agent}"
        )
    show = ["select-window", "-t", pane, ";", "select-pane", "-t", pane, ";"] if isinstance(pane, str) else []
    argv: list[JsonValue] = [*tmux, *show, "attach-session", "-t", f"={session}"]
    return {"argv": argv, "tmux": [*tmux], "session": session, "pane": pane}


# An operator's verb, though it changes nothing here: whoever is attached types into the agents.
VERB = Verb(
    "attach", "Tell the tmux command that attaches a terminal to the session or to an agent's pane.",
    _Attach, Role.OPERATE, _run,
)  # fmt: skip
