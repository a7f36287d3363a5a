"""A client of the socket that can also behave badly."""

import asyncio
import json
from pathlib import Path
from typing import Any, Self

__all__ = ["Client"]


class Client:
    """One connection. What it reads are the daemon's lines, parsed; None is the end of the connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    @classmethod
    async def to(cls, path: Path) -> Self:
        return cls(*await asyncio.open_unix_connection(str(path), limit=8 << 20))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self.writer.transport.abort()

    async def write(self, content: bytes) -> None:
        """Send, as much of it as the daemon takes."""
        try:
            self.writer.write(content)
            await self.writer.drain()
        except ConnectionError:
            return

    async def ask(self, method: str, request_id: Any = 1, **params: Any) -> None:
        request = {"jsonrpc": "2.0", "id": request_id, "method": method, "params": params}
        await self.write(json.dumps(request).encode() + b"\n")

    async def read(self) -> Any:
        try:
            line = await self.reader.readline()
        except ConnectionError:
            return None
        return json.loads(line) if line else None

    async def rest(self) -> list[Any]:
        """Everything until the daemon closes."""
        lines = []
        while (line := await self.read()) is not None:
            lines.append(line)
        return lines

    async def call(self, method: str, **params: Any) -> Any:
        """Ask and wait for the answer, which must be next."""
        await self.ask(method, "call", **params)
        answer = await self.read()
        assert answer is not None, "the daemon hung up"
        assert answer["id"] == "call", answer
        return answer
