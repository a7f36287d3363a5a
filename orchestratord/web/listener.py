"""The listening sockets and the connections let in through them, within the limits of all and of each peer.

When there is no room, the connection that has been silent longest makes way for the new one, so that clients who hold
connections without asking anything keep nobody out. Only when all of them are being served is the new one refused.
"""

import asyncio
import contextlib
import errno
import ipaddress
import socket
import ssl
from collections.abc import Callable, Sequence
from typing import Final

import structlog

from orchestratord.errors import Unavailable
from orchestratord.web.answers import Refusal, raw_refusal
from orchestratord.web.connection import Connection
from orchestratord.web.limits import Limits
from orchestratord.web.request_id import new_request_id

__all__ = ["Listener", "bind", "peer_of"]

_log = structlog.get_logger(__name__)

_OUT_OF_MEANS: Final = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM})
_BACKLOG: Final = 128

Make = Callable[[str, Callable[[Connection], None]], Connection]
"""Makes the protocol for a peer; it calls back when it has gone."""


async def bind(host: str, port: int) -> list[socket.socket]:
    """Listen on every address of ``host``, all on one port. Raises Unavailable, saying what is in the way."""
    where = f"{f'[{host}]' if ':' in host else host}:{port}"
    try:
        found = await asyncio.get_running_loop().getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )
    except OSError as fault:
        raise Unavailable(f"http: {host} is no address of this machine: {fault}", hint="See http.host.") from fault
    listening: list[socket.socket] = []
    try:
        for family, address in dict.fromkeys((family, address) for family, _, _, _, address in found):
            # Port 0 takes any free one for the first address, and that same one for the others.
            number = listening[0].getsockname()[1] if listening else port
            try:
                listening.append(_listen(family, (address[0], number, *address[2:])))
            except OSError as fault:
                # localhost may name ::1 on a machine without IPv6; one address is enough then.
                if not (listening and fault.errno in {errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT}):
                    raise
    except OSError as fault:
        for one in listening:
            one.close()
        raise _cannot_listen(where, fault) from fault
    return listening


def peer_of(address: object) -> str:
    """Whose connection this counts as: an IPv4 address, or an IPv6 network of 64 bits, which is one household."""
    text = str(address[0]) if isinstance(address, tuple) and address else "unknown"
    with contextlib.suppress(ValueError):
        found = ipaddress.ip_address(text.partition("%")[0])
        if isinstance(found, ipaddress.IPv6Address):
            if found.ipv4_mapped:
                return str(found.ipv4_mapped)
            if not found.is_loopback:
                return str(ipaddress.ip_network((found, 64), strict=False))
        return str(found)
    return text


class Listener:
    """Accepts on ``sockets``, which it owns from then on, until :meth:`close`."""

    def __init__(
        self, sockets: Sequence[socket.socket], make: Make, limits: Limits, tls: ssl.SSLContext | None = None
    ) -> None:
        self._sockets = list(sockets)
        self._make = make
        self._limits = limits
        self._tls = tls
        self._open: dict[Connection, asyncio.Task[None]] = {}
        """Every connection let in, with the task that brought it up (TLS takes a while)."""
        self._fewer = asyncio.Event()
        self._accepting: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Begin to accept."""
        self._accepting = [asyncio.create_task(self._accept(one), name="http accept") for one in self._sockets]

    async def close(self) -> None:
        """Accept nothing more; those who are still shaking hands are dropped, the others stay."""
        arriving = [task for task in self._open.values() if not task.done()]
        for task in (*self._accepting, *arriving):
            task.cancel()
        await asyncio.gather(*self._accepting, *arriving, return_exceptions=True)
        self._accepting = []
        for one in self._sockets:
            one.close()

    async def abort(self) -> None:
        """End every connection now and come back when the last one has gone."""
        for connection in list(self._open):
            connection.abort()
        while self._open:
            self._fewer.clear()
            await self._fewer.wait()

    async def _accept(self, listening: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                client, address = await loop.sock_accept(listening)
            except OSError as fault:
                if fault.errno in _OUT_OF_MEANS:
                    _log.error("cannot accept", fault=str(fault))
                    await asyncio.sleep(1.0)
                continue
            self._let_in(client, peer_of(address))

    def _let_in(self, client: socket.socket, peer: str) -> None:
        staying = [one for one in self._open if not one.ending]
        same = [one for one in staying if one.peer == peer]
        if len(same) >= self._limits.connections_per_peer:
            room = self._make_room(same)
        else:
            room = len(staying) < self._limits.connections or self._make_room(staying)
        if not room:
            self._turn_away(client)
            return
        connection = self._make(peer, self._forget)
        arrival = asyncio.create_task(self._arrive(client, connection), name=f"http {peer}")
        self._open[connection] = arrival

    def _make_room(self, among: list[Connection]) -> bool:
        silent = [one for one in among if not one.busy]
        if not silent:
            return False
        leaving = min(silent, key=lambda one: one.since)
        self._open[leaving].cancel()
        leaving.abort()
        return True

    async def _arrive(self, client: socket.socket, connection: Connection) -> None:
        deadline = self._limits.handshake_deadline if self._tls else None
        try:
            await asyncio.get_running_loop().connect_accepted_socket(
                lambda: connection, client, ssl=self._tls, ssl_handshake_timeout=deadline
            )
        except OSError as fault:
            _log.debug("did not arrive", peer=connection.peer, fault=str(fault))
            self._forget(connection)
        except asyncio.CancelledError:
            client.close()
            self._forget(connection)
            raise

    def _turn_away(self, client: socket.socket) -> None:
        refusal = Refusal(
            503, "too_many_connections", "every connection there may be is in use", headers={"Retry-After": "1"}
        )
        with contextlib.closing(client), contextlib.suppress(OSError):
            if self._tls is None:
                client.send(raw_refusal(refusal, new_request_id()))

    def _forget(self, connection: Connection) -> None:
        self._open.pop(connection, None)
        self._fewer.set()


def _listen(family: int, address: tuple[object, ...]) -> socket.socket:
    one = socket.socket(family, socket.SOCK_STREAM)
    try:
        one.setblocking(False)  # noqa: FBT003 (socket's own signature)
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            one.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        one.bind(address)
        one.listen(_BACKLOG)
    except OSError:
        one.close()
        raise
    return one


def _cannot_listen(where: str, fault: OSError) -> Unavailable:
    port = where.rpartition(":")[2]
    why, hint = {
        errno.EADDRINUSE: (
            "another program listens there",
            f"`ss -ltnp 'sport = :{port}'` names it; or choose another http.port (ORCHESTRATOR_DASHBOARD_PORT).",
        ),
        errno.EADDRNOTAVAIL: ("that is no address of this machine", "See http.host (ORCHESTRATOR_DASHBOARD_HOST)."),
        errno.EACCES: ("ports below 1024 need privileges", "Choose another http.port (ORCHESTRATOR_DASHBOARD_PORT)."),
    }.get(fault.errno or 0, (str(fault), "See http.host and http.port."))
    return Unavailable(f"http: cannot listen on {where}: {why}", hint=hint)
