"""Mailbox and courier over a cluster of real stand-ins, whose hooks report through a door of the test's own."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

from orchestratord.agents.turns import Turn, TurnKind
from orchestratord.config.schema import MessagesConfig
from orchestratord.mail.courier import Courier
from orchestratord.mail.draft import Draft
from orchestratord.mail.mailbox import Mailbox
from orchestratord.mail.message import OPERATOR, Message, MessageState
from tests.agents_room.conftest import World
from tests.wait import eventually

__all__ = ["MakeOffice", "Office"]

MakeOffice = Callable[..., Awaitable["Office"]]


class Office:
    """One world with its mail. ``prompts``: what the agents reported to have been asked, oldest first."""

    def __init__(self, world: World, **settings: Any) -> None:
        self.world = world
        self.prompts: list[str] = []
        self._settings = MessagesConfig.model_validate(settings)
        self._door: asyncio.Server | None = None

    async def open(self) -> None:
        configuration = self.world.configuration.model_copy(update={"messages": self._settings})
        clock = self.world.clock
        self.mailbox = Mailbox(self.world.journal, configuration, clock=clock)
        self.courier = Courier(self.world.cluster, self.mailbox, self.world.journal, clock=clock)
        self.world.cluster.follow_turns(self._note)
        await self.mailbox.open()
        await self.courier.open()
        await self.world.cluster.open()
        self._door = await asyncio.start_unix_server(self._take, self.world.places.socket)

    async def close(self) -> None:
        if self._door is not None:
            self._door.close()
            self._door = None
            self.world.places.socket.unlink(missing_ok=True)
        await self.courier.close()
        self.mailbox.close()

    async def begin_anew(self) -> None:
        """All is cut off in whatever it does, and successors go on from the same journal."""
        await self.close()
        await self.world.die_and_follow()
        await self.open()

    def _note(self, turn: Turn) -> None:
        if turn.kind is TurnKind.PROMPT and turn.prompt is not None:
            self.prompts.append(turn.prompt)

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        report = json.loads(await reader.readline())["params"]
        if self._door is not None:  # else it is left unanswered, and told to the successor
            self.world.cluster.report_hook(report["agent"], report["launch"], report["payload"])
            writer.write(b"{}\n")
        writer.close()

    def send(self, to: str, text: str, **more: Any) -> str:
        [message] = self.mailbox.post(Draft(sender=OPERATOR, to=to, text=text, **more))
        return message.id

    async def press(self, name: str, *keys: str) -> None:
        """By a human's hand."""
        await self.world.tmux("send-keys", "-t", self.world[name].pane or "", *keys)

    async def becomes(self, id_: str, *states: MessageState) -> Message:
        to = self.mailbox.get(id_).to
        try:
            await eventually(lambda: self.mailbox.get(id_).state in states)
        except AssertionError:
            message = self.mailbox.get(id_)
            raise AssertionError(f"{message} is not {states}: {self.courier.reason(to)!r}") from None
        return self.mailbox.get(id_)
