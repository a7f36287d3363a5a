"""Which provider runs an agent."""

from orchestratord.config.agent import AgentConfig
from orchestratord.errors import BadConfiguration
from orchestratord.providers.base import Provider
from orchestratord.providers.claude import ClaudeProvider
from orchestratord.providers.codex import CodexProvider
from orchestratord.providers.command import CommandProvider
from orchestratord.providers.gemini import GeminiProvider
from orchestratord.providers.standin import StandInProvider

__all__ = ["provider_for"]


def provider_for(agent: AgentConfig) -> Provider:
    """The provider that ``agent`` names.

    Raises:
        BadConfiguration: the name is known, but this version cannot run that CLI yet.
    """
    match agent.provider:
        case "claude":
            return ClaudeProvider()
        case "codex":
            return CodexProvider()
        case "gemini":
            return GeminiProvider()
        case "standin":
            return StandInProvider()
        case "command":
            return CommandProvider(agent)
        case other:
            raise BadConfiguration(
                f"agent {agent.name}: provider {other} is not yet supported",
                hint='Use provider "command" with the CLI\'s own command and patterns.',
            )
