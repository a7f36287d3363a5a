"""A stand-in that gets into trouble at random, and writes down what was done to it: for whoever types into panes."""

import os
import random
import sys
import time

from orchestratord.standin.agent import Agent
from orchestratord.standin.keys import Key, Paste, Typed
from orchestratord.standin.letter import text_of
from orchestratord.standin.turn import Ask, Turn

__all__ = ["TroubledAgent"]

_DRAFT = "a human is still writing th"
_QUESTION = [
    " Bash command",
    "",
    "   true",
    "",
    " Do you want to proceed?",
    " ❯ 1. Yes",
    "   2. Yes, and don't ask again",
    "   3. No",
    "",
    " Esc to cancel · Tab to amend",
]
_HUMAN = (0.2, 0.8)
"""Seconds that the human at this terminal takes for anything, least and most."""


class TroubledAgent(Agent):
    """One that ``STANDIN_TROUBLE`` tells how likely what is: ``enter=0.1 paste=0.05 ask=0.05 draft=0.05 crash=0.02``.

    enter: an Enter is swallowed. paste: a dialog comes up just before a paste, which is lost. ask: a turn begins with a
    dialog. draft: a human begins to write after a turn. crash: it ends, before or in a turn. A human who is part of the
    program answers the dialogs and takes the drafts back.

    ``STANDIN_RECORD`` is a file that gets a line for each prompt (``received`` and its SHA-256, without the line that
    the daemon puts above), each dialog that a key has answered (``answered``), each draft that was sent (``sent``).
    """

    human_at: float | None = None
    """When the human does what is next, in monotonic seconds."""

    def chance(self, what: str) -> bool:
        """Whether it happens this time."""
        for word in os.environ.get("STANDIN_TROUBLE", "").split():
            name, _, value = word.partition("=")
            if name == what:
                return random.random() < float(value)  # noqa: S311  # trouble, not secrets
        return False

    def take(self, event: Key | Typed | Paste, now: float) -> None:
        """Unless trouble comes first."""
        if self._dialog is not None:
            if event == "enter" or event in {"1", "2", "3"} or event == "escape":
                self.record("answered", str(event))
        elif isinstance(event, Paste) and self.chance("paste"):
            self._dialog = Ask(_QUESTION)
            self._human_comes()
            return
        elif isinstance(event, Paste) and self.chance("crash"):
            sys.exit(1)
        elif event == "enter" and not self._composer.empty and self.chance("enter"):
            return
        super().take(event, now)

    def due(self) -> float | None:
        """The human's moments among them."""
        return min((at for at in (super().due(), self.human_at) if at is not None), default=None)

    def pass_time(self, now: float) -> None:
        """The human answers what is asked, or takes the draft back."""
        if self.human_at is not None and now >= self.human_at:
            self.human_at = None
            self._composer.erase(_DRAFT)
            if self._dialog is not None:
                self._close(said=True)
                if self._turn is not None:
                    self._go_on(answer=True)
        super().pass_time(now)

    def _submit(self, text: str) -> None:
        if _DRAFT in text:
            self.record("sent", text)
        super()._submit(text)

    def _begin_turn(self, turn: Turn) -> None:
        from hashlib import sha256  # takes a while to import

        self.record("received", sha256(text_of(self._prompt).encode()).hexdigest())
        super()._begin_turn(self._with_trouble(turn))

    def _with_trouble(self, turn: Turn) -> Turn:
        if self.chance("crash"):
            sys.exit(1)
        if self.chance("ask"):
            self._human_comes()
            yield Ask(_QUESTION)
        return (yield from turn)

    def _finish(self, reply: str) -> None:
        if self._composer.empty and self.chance("draft"):
            self._composer.type(_DRAFT, time.monotonic())
            self._human_comes()
        super()._finish(reply)

    def _human_comes(self) -> None:
        self.human_at = time.monotonic() + random.uniform(*_HUMAN)  # noqa: S311  # as above

    def record(self, what: str, about: str) -> None:
        """Write it down; lines so short are written whole, whoever else writes."""
        path = os.environ.get("STANDIN_RECORD")
        if path:
            with open(path, "a", encoding="utf-8") as file:
                file.write(f"{what} {about}\n")
