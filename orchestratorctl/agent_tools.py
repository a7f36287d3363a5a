"""The tools that an agent gets over MCP to talk to the others. Who it is, the daemon knows from the kernel."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Annotated, Any, Final, TypeVar

import anyio.to_thread
from mcp.server import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from pydantic import Field

from orchestratorctl.client import Connection
from orchestratorctl.ends import await_ends
from orchestratorctl.faults import Fault

__all__ = ["serve"]

_PATIENCE: Final = 600.0
_LONGEST_PATIENCE: Final = 86_400.0
_OPERATOR: Final = "operator"
_INSTRUCTIONS: Final = """\
You are one of several agents that work together. Use these tools to talk to the others.
A message from another agent comes to you as a prompt that begins with the line `[message ID from NAME]`; what you say
last is your answer to it and goes back by itself. Use `reply` only to answer before you are done, or an older message.
Ask with ask_agent when you need the answer to go on, and with send_message when you do not."""

T = TypeVar("T")
Receiver = Annotated[str, Field(description="An agent's name, a role, `all`, or `operator` (the human in charge).")]
MessageId = Annotated[str, Field(description="The message's id, such as m42.")]


def serve(connect: Callable[[], Connection], version: str) -> None:
    """Serve the tools on standard input and output until the agent closes them."""
    server = MCPServer("orchestrator", instructions=_INSTRUCTIONS, version=version, log_level="WARNING")
    tools = _Tools(connect)
    for tool in (
        tools.list_agents,
        tools.send_message,
        tools.ask_agent,
        tools.reply,
        tools.read_inbox,
        tools.report_status,
    ):
        server.add_tool(tool)
    server.run("stdio")


class _Tools:
    """One connection a call, so that a question that waits for long keeps no other from being asked."""

    def __init__(self, connect: Callable[[], Connection]) -> None:
        self._connect = connect

    async def list_agents(self) -> dict[str, Any]:
        """List the agents of your team: their names, roles, and whether they are idle, working or waiting."""
        answer = await self._ask("agents")
        return {"agents": [_only(agent, "name", "role", "state") for agent in answer["agents"]]}

    async def send_message(
        self,
        to: Receiver,
        text: Annotated[str, Field(description="What the other needs to know; it does not know what you know.")],
        subject: Annotated[str, Field(description="One line, optional.")] = "",
    ) -> dict[str, Any]:
        """Send a message and go on without waiting. Its answer will be in your inbox."""
        answer = await self._ask("send", to=to, text=text, subject=subject)
        return {"messages": [_only(message, "id", "to", "state") for message in answer["messages"]]}

    async def ask_agent(
        self,
        to: Receiver,
        text: Annotated[str, Field(description="The question or task, with everything the other needs for it.")],
        timeout: Annotated[float, Field(gt=0, le=_LONGEST_PATIENCE, description="Seconds to wait.")] = _PATIENCE,
    ) -> dict[str, Any]:
        """Send a message and wait for the answer.

        Without an answer in time it lives on, and the answer will be in your inbox.
        """
        ends = await self._perform(partial(_ask_and_wait, to=to, text=text, timeout=timeout))
        return {"answers": [_only(message, "id", "to", "state", "reason", "answer") for message in ends]}

    async def reply(self, id: MessageId, text: str) -> dict[str, Any]:  # noqa: A002  # the verb calls it so
        """Answer a message that was sent to you, by its id."""
        answer = await self._ask("reply", id=id, text=text)
        return _only(answer["message"], "id", "state")

    async def read_inbox(
        self, limit: Annotated[int, Field(ge=1, le=100, description="At most so many of the latest.")] = 20
    ) -> dict[str, Any]:
        """Read the latest messages to you, and the answers to those you have sent."""
        answer = await self._ask("inbox", limit=limit)
        keys = ("id", "from", "to", "subject", "text", "reply_to", "state", "answer")
        return {"reader": answer["reader"], "messages": [_only(message, *keys) for message in answer["messages"]]}

    async def report_status(
        self, text: Annotated[str, Field(description="What you do, how far you are, what keeps you.")]
    ) -> dict[str, Any]:
        """Tell the human in charge how things stand, without waiting for an answer."""
        answer = await self._ask("send", to=_OPERATOR, text=text, subject="status")
        return {"messages": [_only(message, "id", "to", "state") for message in answer["messages"]]}

    async def _ask(self, verb: str, **parameters: object) -> dict[str, Any]:
        def talk(line: "_Line") -> dict[str, Any]:
            with line.connect() as connection:
                return connection.call(verb, parameters)

        return await self._perform(talk)

    async def _perform(self, talk: "Callable[[_Line], T]") -> T:
        """Do it in a thread, which ends when the agent no longer wants to know."""
        line = _Line(self._connect)
        try:
            return await anyio.to_thread.run_sync(talk, line, abandon_on_cancel=True)
        except Fault as fault:
            raise ToolError(f"{fault.message}\n{fault.hint}".strip()) from fault
        finally:
            line.cut()


class _Line:
    """The connections of one call, one after another; once it is cut, the last is too and no other is made."""

    def __init__(self, connect: Callable[[], Connection]) -> None:
        self._connect = connect
        self._last: Connection | None = None
        self._cut = False

    def connect(self) -> Connection:
        """The next one. Raises Fault."""
        if self._cut:
            raise Fault("nobody waits for this any more")
        self._last = self._connect()
        return self._last

    def cut(self) -> None:
        """From another thread."""
        self._cut = True
        if self._last is not None:
            self._last.hang_up()


def _ask_and_wait(line: _Line, *, to: str, text: str, timeout: float) -> list[dict[str, Any]]:
    """Send and wait: the messages as they have ended, or as they are when time is up."""
    with line.connect() as connection:
        sent = connection.call("send", {"to": to, "text": text})["messages"]
    return [*await_ends(line.connect, [message["id"] for message in sent], timeout).values()]


def _only(whole: Mapping[str, Any], *keys: str) -> dict[str, Any]:
    """What a model needs to know of it."""
    return {key: whole[key] for key in keys if whole.get(key) not in (None, "")}
