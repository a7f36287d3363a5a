"""The stand-in in a pane. It is Claude Code's double, so the same eyes and ears serve for it."""

from orchestratord.config.agent import AgentConfig
from orchestratord.providers.base import LaunchPlace
from orchestratord.providers.claude import ClaudeProvider

__all__ = ["StandInProvider"]


class StandInProvider(ClaudeProvider):
    """Runs our own program with the daemon's interpreter; its sessions live beside the agent's other files."""

    name = "standin"
    ready_deadline = 30.0

    def _program(self, agent: AgentConfig, place: LaunchPlace) -> list[str]:  # noqa: ARG002  # as the real one asks
        return [place.python, "-I", "-m", "orchestratord.standin"]

    def _environment(self, agent: AgentConfig, place: LaunchPlace) -> dict[str, str]:
        return {"STANDIN_HOME": str(place.directory / "standin"), **super()._environment(agent, place)}
