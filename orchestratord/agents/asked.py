"""What an agent asks its human: every dialog is one event, however often and in however many words it is told."""

from pydantic import JsonValue

from orchestratord.agents.activity import Belief, Source
from orchestratord.journal.store import Journal
from orchestratord.providers.base import Dialog

__all__ = ["Asked"]


class Asked:
    """Follows one agent's dialogs. A hook tells of a dialog first, the screen then shows it in its own words."""

    def __init__(self, name: str, journal: Journal) -> None:
        self._name = name
        self._journal = journal
        self._launch: str | None = None
        self._dialog: Dialog | None = None
        self._seen = False

    def believe(self, belief: Belief, launch: str | None) -> None:
        """What is believed now; a dialog that is new is told as ``agent.dialog``."""
        before, self._dialog = self._dialog if launch == self._launch else None, belief.dialog
        self._launch = launch
        seen_before, on_screen = self._seen and before is not None, belief.source is not Source.HOOK
        self._seen = belief.dialog is not None and (seen_before or on_screen)
        if belief.dialog is None:
            return
        if before is None or before.kind is not belief.dialog.kind:
            self.tell(belief.dialog, belief.at)
        elif not on_screen:
            # The hook of the same dialog or of the next one: its screen will tell.
            self._dialog = before
        elif seen_before and before.id != belief.dialog.id:
            self.tell(belief.dialog, belief.at)

    def tell(self, dialog: Dialog, since: float) -> None:
        """A dialog has come up at ``since`` (Unix seconds)."""
        self._journal.append("agent.dialog", self._name, **_about(dialog), since=since)

    def answered(self, dialog: Dialog, *, by: str, decision: str) -> None:
        """Somebody has answered it; ``decision`` is allow or deny."""
        self._journal.append("agent.dialog_answered", self._name, **_about(dialog), by=by, decision=decision)


def _about(dialog: Dialog) -> dict[str, JsonValue]:
    return {"kind": dialog.kind.value, "text": dialog.summary, "dialog": dialog.id}
