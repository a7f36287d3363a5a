"""Reading a request's body: bounded in size and time, and nothing but plain JSON."""

import asyncio

from aiohttp import web

from orchestratord.web.answers import Refusal
from orchestratord.web.limits import Limits

__all__ = ["read_body"]


async def read_body(request: web.Request, limits: Limits) -> bytes:
    """The bytes of a body that says it is JSON; empty when there is none.

    Raises Refusal: too large (413), too slow (408), or anything but plain ``application/json`` (415).
    """
    if (request.content_length or 0) > limits.body_bytes:
        raise web.HTTPRequestEntityTooLarge(limits.body_bytes, request.content_length or 0)
    try:
        async with asyncio.timeout(limits.body_deadline):
            body = await request.read()
    except TimeoutError:
        raise Refusal(408, "timed_out", "the request's body did not come in time") from None
    if body and (request.content_type != "application/json" or "Content-Encoding" in request.headers):
        raise Refusal(415, "unsupported_media_type", "the body must be plain application/json")
    return body
