"""The tools to talk to other agents, as an MCP server that the agent CLI runs: our own client."""

import json
from typing import Final

from orchestratord.providers.base import LaunchPlace

__all__ = ["SERVER", "command", "mcp_config"]

SERVER: Final = "orchestrator"
"""What the server is called; CLIs show it with each tool."""


def command(place: LaunchPlace) -> tuple[str, ...]:
    """The words that start the server; who it speaks for, the daemon sees by whose child it is."""
    return (place.python, "-I", "-m", "orchestratorctl", "--socket", str(place.socket), "mcp")


def mcp_config(place: LaunchPlace) -> str:
    """The text of a file (JSON) in the form that most CLIs share: ``{"mcpServers": {NAME: {command, args}}}``."""
    program, *arguments = command(place)
    return json.dumps({"mcpServers": {SERVER: {"command": program, "args": arguments}}}, indent=1)
