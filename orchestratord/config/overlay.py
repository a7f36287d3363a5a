"""What the environment says stands above what the file says."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from orchestratord.config.document import Document
from orchestratord.config.faults import Mark

__all__ = ["VARIABLES", "lay"]

VARIABLES: Final = {
    "ORCHESTRATOR_WORK_DIR": ("cluster", "work_dir"),
    "ORCHESTRATOR_SESSION_NAME": ("cluster", "session_name"),
    "ORCHESTRATOR_LOG_LEVEL": ("logging", "level"),
    "ORCHESTRATOR_DASHBOARD_HOST": ("http", "host"),
    "ORCHESTRATOR_DASHBOARD_PORT": ("http", "port"),
}
"""Which variable stands for which key. An empty variable says nothing."""


def lay(document: Document, environ: Mapping[str, str], cwd: Path) -> None:
    """Put the variables' values in; a fault in one names the variable. A relative path is relative to ``cwd``."""
    for name, path in VARIABLES.items():
        value = environ.get(name)
        if not value:
            continue
        if path[-1] == "work_dir" and not value.startswith("~/"):
            value = str(cwd / value)
        document.put(path, value, Mark(name))
