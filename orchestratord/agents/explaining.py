"""Why an agent is believed to do what it is believed to do."""

from pydantic import JsonValue

from orchestratord.agents.activity import Belief, Source
from orchestratord.agents.observing import Observer

__all__ = ["explain", "shown"]


def explain(observer: Observer) -> dict[str, JsonValue]:
    """What decided, and everything that was heard and seen lately. Times are Unix seconds.

    ``{belief: {activity, why, source, since, doubted, dialog, limited_until}, ready, hooks_tell, screen_tells,
    last: {hook, screen}, not_believed: [...], recent: [...]}``, each signal as :meth:`Signal.as_json` has it, oldest
    first. ``source`` is hook, screen or daemon; ``doubted``: one more look like the last changes the belief.
    """
    belief, signals = observer.belief, observer.signals
    last = {source: signals.last.get(source) for source in (Source.HOOK, Source.SCREEN)}
    return {
        "belief": {
            "activity": belief.activity.value,
            "why": belief.why,
            "source": belief.source.value,
            "since": belief.at or None,
            "doubted": belief.doubt,
            "dialog": shown(belief),
            "limited_until": belief.limited_until,
        },
        "ready": observer.ready,
        "hooks_tell": observer.hooks_tell,
        "screen_tells": observer.screen_tells,
        "last": {source.value: None if signal is None else signal.as_json() for source, signal in last.items()},
        "not_believed": [signal.as_json() for signal in signals.recent if signal.doubt and signal.reading is not None],
        "recent": [signal.as_json() for signal in signals.recent],
    }


def shown(belief: Belief) -> dict[str, JsonValue] | None:
    """The dialog that is up: ``{id, kind, text, since}``; None without one."""
    dialog = belief.dialog
    if dialog is None:
        return None
    return {"id": dialog.id, "kind": dialog.kind.value, "text": dialog.text, "since": belief.at}
