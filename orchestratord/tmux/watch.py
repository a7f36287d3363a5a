"""Notices when panes or windows come and go."""

import asyncio
from collections.abc import Callable
from typing import Final

from orchestratord.tmux.control import Control
from orchestratord.tmux.protocol import Notification

__all__ = ["PaneWatch"]

_CHANGES: Final = frozenset({"layout-change", "window-add", "window-close", "unlinked-window-close", "session-changed"})


class PaneWatch:
    """Calls ``changed()`` on the loop after panes may have come or gone, once for a burst of notifications.

    What has changed is for the caller to look at (:func:`~orchestratord.tmux.facts.list_panes`); the end of the session
    or server is told by :class:`~orchestratord.tmux.control.Control` itself.
    """

    def __init__(self, control: Control, changed: Callable[[], None]) -> None:
        self._changed = changed
        self._due: asyncio.Handle | None = None
        self._unlisten = control.listen(self._notified)

    def close(self) -> None:
        """Watch no longer."""
        self._unlisten()
        if self._due is not None:
            self._due.cancel()

    def _notified(self, notification: Notification) -> None:
        if notification.name in _CHANGES and self._due is None:
            self._due = asyncio.get_running_loop().call_soon(self._tell)

    def _tell(self) -> None:
        self._due = None
        self._changed()
