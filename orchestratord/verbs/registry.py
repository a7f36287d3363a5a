"""The verbs there are. What is not in this table cannot be called: no name from outside is ever looked up elsewhere."""

from collections.abc import Mapping
from typing import Any, Final

from orchestratord.verbs import (
    agents,
    alerts,
    attach,
    config_check,
    config_schema,
    config_show,
    events,
    events_subscribe,
    hold,
    hooks_report,
    inbox,
    logs,
    messages,
    messages_cancel,
    messages_retry,
    messages_subscribe,
    messages_wait,
    metrics,
    release,
    reload,
    reply,
    reset_failed,
    restart,
    rpc_describe,
    send,
    shutdown,
    start,
    status,
    stop,
    token_create,
    token_list,
    token_revoke,
    version,
)
from orchestratord.verbs.verb import Verb

__all__ = ["VERBS"]

_ALL: Final[tuple[Verb[Any], ...]] = (
    start.VERB,
    stop.VERB,
    restart.VERB,
    shutdown.VERB,
    hold.VERB,
    release.VERB,
    reset_failed.VERB,
    status.VERB,
    agents.VERB,
    metrics.VERB,
    alerts.VERB,
    attach.VERB,
    logs.VERB,
    events.VERB,
    events_subscribe.VERB,
    send.VERB,
    reply.VERB,
    inbox.VERB,
    messages.VERB,
    messages_subscribe.VERB,
    messages_wait.VERB,
    messages_retry.VERB,
    messages_cancel.VERB,
    reload.VERB,
    config_check.VERB,
    config_show.VERB,
    config_schema.VERB,
    token_create.VERB,
    token_list.VERB,
    token_revoke.VERB,
    hooks_report.VERB,
    version.VERB,
)

VERBS: Final[Mapping[str, Verb[Any]]] = {verb.name: verb for verb in (*_ALL, rpc_describe.describing(_ALL))}
"""By name, in the order in which a manual would tell them."""
