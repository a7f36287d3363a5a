"""What of the daemon's environment may reach a pane: all that is the user's, nothing that is the daemon's own."""

from collections.abc import Mapping
from typing import Final

__all__ = ["DAEMONS_OWN", "for_server"]

DAEMONS_OWN: Final = (
    "TMUX", "TMUX_PANE",
    # From the service manager: a pane that answers for the daemon would confuse it.
    "NOTIFY_SOCKET", "LISTEN_FDS", "LISTEN_PID", "LISTEN_FDNAMES", "WATCHDOG_USEC", "WATCHDOG_PID", "MAINPID",
    "MANAGERPID", "INVOCATION_ID", "JOURNAL_STREAM", "SYSTEMD_EXEC_PID", "CREDENTIALS_DIRECTORY",
    "RUNTIME_DIRECTORY", "STATE_DIRECTORY", "LOGS_DIRECTORY", "CACHE_DIRECTORY", "CONFIGURATION_DIRECTORY",
    # Where the daemon's files are. An agent is told what it needs when it is started.
    "ORCHESTRATOR_CONFIG_PATH", "ORCHESTRATOR_SOCKET", "ORCHESTRATOR_STATE_DIR", "ORCHESTRATOR_LOG_DIR",
    "ORCHESTRATOR_TMUX_SOCKET", "ORCHESTRATOR_WORK_DIR", "ORCHESTRATOR_SESSION_NAME", "ORCHESTRATOR_LOG_LEVEL",
    "ORCHESTRATOR_DASHBOARD_HOST", "ORCHESTRATOR_DASHBOARD_PORT",
)  # fmt: skip
"""Variables that never reach a pane, whoever started the server."""


def for_server(environ: Mapping[str, str]) -> dict[str, str]:
    """``environ`` for a tmux program: without the daemon's own, and with UTF-8 for letters.

    Without a UTF-8 locale tmux shows every other character as ``_``, and the programs in the panes follow suit; a
    service manager starts us without one.
    """
    kept = {name: value for name, value in environ.items() if name not in DAEMONS_OWN}
    locale = kept.get("LC_ALL") or kept.get("LC_CTYPE") or kept.get("LANG") or ""
    if "utf-8" not in locale.lower() and "utf8" not in locale.lower():
        kept.pop("LC_ALL", None)
        kept["LC_CTYPE"] = "C.UTF-8"
    return kept
