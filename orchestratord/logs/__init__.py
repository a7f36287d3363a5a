"""The daemon's own log and what the panes showed: written without loss, read back, kept for a time."""

from orchestratord.logs.keeping import Applied, Keep, LogFile, Plan, apply, decide, keep_house, scan
from orchestratord.logs.pane_log import command
from orchestratord.logs.reader import follow, tail
from orchestratord.logs.redact import redact
from orchestratord.logs.setup import Logging, configure

__all__ = [
    "Applied",
    "Keep",
    "LogFile",
    "Logging",
    "Plan",
    "apply",
    "command",
    "configure",
    "decide",
    "follow",
    "keep_house",
    "redact",
    "scan",
    "tail",
]
