"""Answering an agent's dialog for a human who has seen it: the same dialog or none, by a look just before the key."""

import asyncio
import contextlib
from typing import Final

from orchestratord.agents.activity import Belief, Source
from orchestratord.agents.asked import Asked
from orchestratord.agents.body import Body
from orchestratord.agents.entry import Entry, Look
from orchestratord.errors import Conflict, OrchestratorError, TimedOut
from orchestratord.providers.base import Dialog, DialogKind

__all__ = ["Answering"]

_LOOKS: Final = (0.0, 0.05, 0.1, 0.2, 0.4, 0.8)
"""Waits before each look for a dialog that a hook has told of, or for its end."""
_HUMAN_PAUSE: Final = 3.0
"""Seconds without a key after which nobody is at work in the pane."""


class Answering:
    """One agent's. Only one answer is under way at a time, so that a second one meets what the first has left."""

    def __init__(self, body: Body, entry: Entry, asked: Asked) -> None:
        self._body = body
        self._entry = entry
        self._asked = asked
        self._one_at_a_time = asyncio.Lock()
        self._leaving: asyncio.Task[None] | None = None

    async def answer(self, *, allow: bool, by: str, dialog: str | None) -> Dialog:
        """Say yes or no to the dialog that is shown, or to none but the one with that id; return it once it is gone.

        Raises:
            Conflict: nothing is asked, something else is asked by now, or only a human can answer; no key was pressed.
            TimedOut: the key was pressed, and the dialog is still up.
        """
        async with self._one_at_a_time:
            shown = await self._shown()
            if dialog is not None and dialog != shown.id:
                raise self._changed(shown)
            provider = self._body.provider
            keys = provider.approve_keys(shown) if allow else provider.deny_keys(shown)
            if not keys:
                raise Conflict(
                    f"nobody knows the keys that answer this {shown.kind} dialog of {self._body.name}",
                    hint=f"Answer it in its pane: orchestratorctl attach {self._body.name}",
                )
            look = await self._entry.look()
            if look.dialog != shown:
                raise self._changed(look.dialog)
            await self._press(keys)
            self._asked.answered(shown, by=by, decision="allow" if allow else "deny")
            if not await self._gone(shown):
                raise TimedOut(
                    f"{self._body.name} was answered, and still shows the dialog, or shows the same one again",
                    hint="Look at its pane before answering once more.",
                )
            return shown

    def leave_limit(self) -> None:
        """A usage limit is over: take its dialog away, unless that is being done, so that the agent can work again."""
        if self._leaving is None or self._leaving.done():
            self._leaving = asyncio.create_task(self._leave_limit())

    async def _leave_limit(self) -> None:
        # What cannot be done now is asked for again by the next look that still sees the dialog.
        with contextlib.suppress(OrchestratorError):
            async with self._one_at_a_time:
                look = await self._entry.look()
                dialog = look.dialog
                if dialog is None or dialog.kind is not DialogKind.USAGE_LIMIT or _somebody_works_in(look):
                    return
                await self._press(self._body.provider.approve_keys(dialog))
                self._asked.answered(dialog, by="daemon: the limit is over", decision="allow")
                await self._gone(dialog)

    async def _shown(self) -> Dialog:
        """The dialog as its screen has it; what a hook alone has told of is looked for there."""
        for wait in _LOOKS:
            belief = self._belief
            if belief.dialog is None:
                raise Conflict(
                    f"{self._body.name} asks nothing", hint=f"It shows: orchestratorctl explain {self._body.name}"
                )
            if belief.source is not Source.HOOK:
                return belief.dialog
            await asyncio.sleep(wait)
            await self._entry.look()
        if self._belief.dialog is None or self._belief.source is Source.HOOK:
            raise Conflict(f"the dialog that {self._body.name} has told of is not on its screen")
        return self._belief.dialog

    @property
    def _belief(self) -> Belief:
        return self._body.observer.belief

    def _changed(self, now: Dialog | None) -> Conflict:
        by_now = "it asks nothing any more" if now is None else f"by now it asks: {now.summary}"
        return Conflict(
            f"{self._body.name} does not show that dialog: {by_now}",
            hint="Nothing was pressed. Look, and decide again.",
        )

    async def _press(self, keys: tuple[str, ...]) -> None:
        for key in keys:
            await self._entry.press(key)

    async def _gone(self, dialog: Dialog) -> bool:
        for wait in (*_LOOKS, 1.0, 2.0):
            await asyncio.sleep(wait)
            if (await self._entry.look()).dialog != dialog:
                return True
        return False


def _somebody_works_in(look: Look) -> bool:
    typed = look.last_key_at is not None and look.at - look.last_key_at < _HUMAN_PAUSE
    return look.in_mode or typed
