"""HTTP by hand, for clients that no library would be."""

import asyncio
import json
from dataclasses import dataclass
from typing import Any, Self

from orchestratord.web.server import Web


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def error(self) -> dict[str, Any]:
        error: dict[str, Any] = json.loads(self.body)["error"]
        assert set(error) == {"code", "message", "hint", "request_id"}
        assert error["request_id"] == self.headers["x-request-id"]
        return error


class Raw:
    """A connection, from an address of loopback of one's own where that matters."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    @classmethod
    async def to(cls, door: Web, source: str = "127.0.0.1") -> Self:
        return cls(*await asyncio.open_connection("127.0.0.1", door.port, local_addr=(source, 0)))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self.writer.transport.abort()

    def send(self, text: str | bytes) -> None:
        self.writer.write(text.encode() if isinstance(text, str) else text)

    def get(self, path: str, *headers: str) -> None:
        self.send("\r\n".join([f"GET {path} HTTP/1.1", "Host: localhost", *headers, "", ""]))

    async def answer(self) -> Answer:
        """The next answer, by its Content-Length."""
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode()
        first, *lines = head.strip().split("\r\n")
        headers = {name.lower(): value.strip() for name, value in (line.split(":", 1) for line in lines)}
        body = await self.reader.readexactly(int(headers.get("content-length", 0)))
        return Answer(int(first.split()[1]), headers, body)

    async def ended(self) -> bytes:
        """What still comes until the other side ends the connection, by a reset or not."""
        rest = b""
        try:
            while chunk := await self.reader.read(65536):
                rest += chunk
        except ConnectionError:
            pass
        return rest
