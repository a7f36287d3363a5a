"""Mailbox and courier over a cluster of real stand-ins, whose hooks report through a door of the test's own."""

import asyncio
import json
from typing import Any

from orchestratord.config.schema import MessagesConfig
from orchestratord.mail.courier import Courier
from orchestratord.mail.draft import Draft
from orchestratord.mail.mailbox import Mailbox
from orchestratord.mail.message import OPERATOR, Message, MessageState
from tests.agents_room.conftest import World
from tests.wait import eventually

__all__ = ["Office"]


class Office:
    """One world with its mail. ``prompts``: what the agents reported to have been asked, oldest first."""

    def __init__(self, world: World, **settings: Any) -> None:
        self.world = world
        self.prompts: list[str] = []
        configuration = world.configuration.model_copy(update={"messages": MessagesConfig.model_validate(settings)})
        self.mailbox = Mailbox(world.journal, configuration)
        self.courier = Courier(world.cluster, self.mailbox, world.journal)
        self._door: asyncio.Server | None = None

    async def open(self) -> None:
        await self.mailbox.open()
        await self.courier.open()
        self._door = await asyncio.start_unix_server(self._take, self.world.places.socket)

    async def close(self) -> None:
        """As a daemon that is killed, but for the tasks of this process that must end."""
        if self._door is not None:
            self._door.close()
            self.world.places.socket.unlink()
        await self.courier.close()
        self.mailbox.close()

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        report = json.loads(await reader.readline())["params"]
        if report["payload"]["hook_event_name"] == "UserPromptSubmit":
            self.prompts.append(report["payload"]["prompt"])
        self.world.cluster.report_hook(report["agent"], report["launch"], report["payload"])
        writer.write(b"{}\n")
        writer.close()

    def send(self, to: str, text: str, **more: Any) -> str:
        [message] = self.mailbox.post(Draft(sender=OPERATOR, to=to, text=text, **more))
        return message.id

    async def becomes(self, id_: str, *states: MessageState) -> Message:
        to = self.mailbox.get(id_).to
        try:
            await eventually(lambda: self.mailbox.get(id_).state in states)
        except AssertionError:
            message = self.mailbox.get(id_)
            raise AssertionError(f"{message} is not {states}: {self.courier.reason(to)!r}") from None
        return self.mailbox.get(id_)
