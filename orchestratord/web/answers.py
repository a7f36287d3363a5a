"""What goes back: JSON, the one shape of an error, and the headers that every answer carries."""

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

from aiohttp import web
from pydantic import JsonValue

__all__ = ["HEADERS", "REQUEST_ID", "Refusal", "error_shape", "from_refusal", "json_answer", "raw_refusal"]

REQUEST_ID: Final = "X-Request-Id"

HEADERS: Final[Mapping[str, str]] = {
    "Server": "orchestratord",
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
"""Panes and prompts are hostile text; whatever reaches a browser must neither run nor be framed nor be kept."""


class Refusal(Exception):
    """The door itself says no: a status of HTTP and a stable code, before any verb is asked."""

    def __init__(
        self, status: int, code: str, message: str, *, hint: str = "", headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.hint = hint
        self.headers = headers or {}


def error_shape(code: str, message: str, hint: str, request_id: str) -> dict[str, JsonValue]:
    """``{"error": {"code", "message", "hint", "request_id"}}``, the same at every door."""
    return {"error": {"code": code, "message": message, "hint": hint, "request_id": request_id}}


def json_answer(body: JsonValue, *, status: int = 200, headers: Mapping[str, str] | None = None) -> web.Response:
    """``body`` as JSON in UTF-8, with a line's end for those who read it in a terminal."""
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"), allow_nan=False) + "\n"
    return web.Response(text=text, status=status, content_type="application/json", headers=headers)


def from_refusal(refusal: Refusal, request_id: str) -> web.Response:
    """The answer to a request that the door refused."""
    shape = error_shape(refusal.code, refusal.message, refusal.hint, request_id)
    return json_answer(shape, status=refusal.status, headers=refusal.headers)


def raw_refusal(refusal: Refusal, request_id: str) -> bytes:
    """The same as bytes of HTTP/1.1, for a connection that never came as far as a request."""
    shape = error_shape(refusal.code, refusal.message, refusal.hint, request_id)
    body = json.dumps(shape, separators=(",", ":")).encode() + b"\n"
    lines = [f"HTTP/1.1 {refusal.status} {HTTPStatus(refusal.status).phrase}"]
    fields = {
        **HEADERS, **refusal.headers, REQUEST_ID: request_id, "Content-Type": "application/json; charset=utf-8",
        "Content-Length": str(len(body)), "Connection": "close",
    }  # fmt: skip
    lines += [f"{name}: {value}" for name, value in fields.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body
