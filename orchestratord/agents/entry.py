"""The way into an agent's pane: a look at what is there, a paste, a key. Nothing here decides whether to."""

import asyncio
from dataclasses import dataclass

from orchestratord.agents.body import Body
from orchestratord.agents.surroundings import Surroundings
from orchestratord.errors import Conflict
from orchestratord.providers.base import Composer, Dialog, Reading
from orchestratord.tmux.pane import Pane

__all__ = ["Entry", "Look"]


@dataclass(frozen=True, slots=True)
class Look:
    """One agent's pane at one moment. ``at`` and ``last_key_at`` are Unix seconds.

    ``in_mode``: somebody scrolls in it. ``attached``: how many humans show the session; ``last_key_at``: when one of
    them last pressed a key, None while nobody is attached. ``composer`` and ``reading``: what the provider makes of it.
    """

    launch: str
    at: float
    screen: str
    title: str
    in_mode: bool
    attached: int
    last_key_at: float | None
    composer: Composer | None
    reading: Reading | None

    @property
    def dialog(self) -> Dialog | None:
        """The dialog that is up."""
        return self.reading.dialog if self.reading is not None else None


class Entry:
    """One agent's. Every method raises Conflict when nothing runs in the pane, TmuxUnavailable when tmux refuses."""

    def __init__(self, body: Body, around: Surroundings) -> None:
        self._body = body
        self._around = around

    @property
    def submit_key(self) -> str:
        """The key that sends what was entered, in tmux's names."""
        return self._body.provider.submit_key

    async def look(self) -> Look:
        """What is there now. A dialog or a limit that nobody has told of yet is told by it."""
        body, at = self._body, self._around.clock()
        launch, pane = self._running()
        screen, facts = await asyncio.gather(pane.capture(), pane.facts())
        last_key_at = await pane.last_key_at() if facts.attached else None
        if body.launch != launch:
            raise Conflict(f"{body.name} was started anew during a look")
        reading = body.provider.read_screen(screen, facts.title, at)
        if reading is not None:
            body.observer.glimpse(reading, at)
        composer = body.provider.read_composer(screen)
        return Look(
            launch, at, screen, facts.title, facts.in_mode, facts.attached, last_key_at, composer, reading
        )  # fmt: skip

    async def paste(self, text: str) -> None:
        """Enter the text as a terminal pastes it. It is not sent, and whether it arrived only a look can tell."""
        _, pane = self._running()
        await pane.paste(text)

    async def press(self, key: str) -> None:
        """Press one key, by tmux's name. A human who scrolls in the pane is taken out of it."""
        _, pane = self._running()
        await pane.keys(key)

    def _running(self) -> tuple[str, Pane]:
        body = self._body
        launch, pane = body.launch, self._around.session.panes.get(body.name)
        if launch is None or body.pid is None or pane is None:
            raise Conflict(f"{body.name} does not run", hint=f"Start it: orchestratorctl start {body.name}")
        return launch, pane
