"""Which provider runs an agent."""

from orchestratord.config.agent import AgentConfig
from orchestratord.providers.base import Provider

__all__ = ["provider_for"]


def provider_for(agent: AgentConfig) -> Provider:
    """The provider that ``agent`` names.

    Raises:
        BadConfiguration: the name is known, but this version cannot run that CLI yet.
    """
    raise NotImplementedError(agent.provider)
