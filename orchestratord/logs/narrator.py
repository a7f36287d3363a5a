"""The log as a reader of the journal: every event becomes one line, at the level that its kind deserves."""

from typing import Final

import structlog

from orchestratord.journal.events import Event

__all__ = ["level_of", "narrate"]

_LEVELS: Final = {
    "agent.failed": "error",
    "cluster.session_lost": "error",
    "config.reload_failed": "error",
    "journal.degraded": "error",
    "journal.set_aside": "error",
    "config.limits_not_enforced": "warning",
    "agent.backoff": "warning",
    "agent.lost": "warning",
    "mailbox.unreadable": "error",
    "message.dead": "warning",
    "message.expired": "warning",
    "message.failed": "warning",
    "agent.hook": "debug",
    "message.typed": "debug",
    "message.submitted": "debug",
}

_TAKEN: Final = frozenset({"event", "seq", "agent", "level", "timestamp", "logger", "exc_info", "stack_info"})
"""What means something else to a log line than to an event."""

_log = structlog.get_logger("journal")


def level_of(event: Event) -> str:
    """The level as structlog's method is called; what no row names is information."""
    if event.kind == "operator.command" and event.data.get("outcome") != "done":
        return "warning"
    if event.kind == "agent.exited" and event.data.get("cause") != "finished":
        return "warning"
    return _LEVELS.get(event.kind, "info")


def narrate(event: Event) -> None:
    """Log the event, its number among its fields so that line and journal can be brought together."""
    words = {key: value for key, value in event.data.items() if key not in _TAKEN}
    if event.agent is not None:
        words["agent"] = event.agent
    getattr(_log, level_of(event))(event.kind, seq=event.seq, **words)
