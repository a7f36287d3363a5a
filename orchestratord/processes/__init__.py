"""Operating system processes: who they are, when they end, what belongs to them, what they use."""

from orchestratord.processes.exits import ExitWatch
from orchestratord.processes.identity import ProcessId, launch_of, parents
from orchestratord.processes.tree import families, members, send
from orchestratord.processes.usage import Usage, usage

__all__ = ["ExitWatch", "ProcessId", "Usage", "families", "launch_of", "members", "parents", "send", "usage"]
