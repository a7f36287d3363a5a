"""The daemon's life as a story: lock, journal, doors, agents, ready, run, stop."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from functools import partial
from typing import Final

import structlog
from pydantic import JsonValue

from orchestratord import __version__
from orchestratord.access.tokens import Tokens
from orchestratord.agents.cluster import Cluster
from orchestratord.config.bind import check_bind
from orchestratord.config.load import load
from orchestratord.config.places import Places
from orchestratord.config.schema import Configuration
from orchestratord.errors import OrchestratorError
from orchestratord.journal.store import Journal
from orchestratord.lock import StateLock
from orchestratord.logs.keeping import Keep, keep_house
from orchestratord.logs.narrator import narrate
from orchestratord.logs.setup import Logging, configure
from orchestratord.mail.courier import Courier
from orchestratord.mail.mailbox import Mailbox
from orchestratord.rpc.server import Server
from orchestratord.systemd.notify import Notifier
from orchestratord.verbs.house import House
from orchestratord.web.server import Web

__all__ = ["run"]

_A_DAY: Final = 86_400.0

_log = structlog.get_logger("daemon")


async def run(places: Places, configuration: Configuration, notifier: Notifier) -> None:
    """Serve until SIGTERM or SIGINT; the agents go on without us. Raises OrchestratorError when it cannot begin."""
    async with AsyncExitStack() as stack:
        lock = StateLock.take(places.state_dir)
        stack.callback(lock.release)
        logging = await asyncio.to_thread(_configure_logging, places, configuration)
        stack.push_async_callback(asyncio.to_thread, logging.close)

        journal = await Journal.open(places.journal)
        stack.push_async_callback(journal.close)
        journal.listen(narrate)
        journal.append("daemon.started", version=__version__, pid=os.getpid())

        limited: list[JsonValue] = [agent.name for agent in configuration.agents if agent.limits is not None]
        if limited:
            # Said instead of swallowed: without a service manager's scopes nothing holds an agent to its limits.
            journal.append("config.limits_not_enforced", agents=limited)

        tokens = await asyncio.to_thread(Tokens.load, places.tokens)
        check_bind(configuration.http.host, has_tokens=bool(tokens))
        cluster = Cluster(configuration, places, journal)
        stack.push_async_callback(cluster.close)
        mailbox = Mailbox(journal, configuration)
        await mailbox.open()
        stack.callback(mailbox.close)
        courier = Courier(cluster, mailbox, journal)
        await courier.open()
        stack.push_async_callback(courier.close)
        house = House(
            cluster=cluster,
            journal=journal,
            mailbox=mailbox,
            places=places,
            tokens=tokens,
            configuration=configuration,
            load=lambda: load(places.config_path, os.environ, has_tokens=bool(tokens)),
        )

        # The doors open before the first agent is looked for: whoever calls waits instead of being refused.
        socket = Server(house, places.socket)
        await socket.start()
        stack.push_async_callback(socket.close)
        web = Web(house, configuration.http)
        await web.start()
        stack.push_async_callback(web.close)
        cluster.meter.url = web.telemetry_url

        async with _told_to_end(house, notifier) as told, _daily(partial(_tidy, house)):
            await cluster.open()
            _log.info("ready", socket=str(places.socket), web=web.url, agents=len(configuration.agents))
            notifier.ready(f"serving {len(configuration.agents)} agents")
            await told.wait()
            notifier.stopping("leaving the agents to the next daemon")
            journal.append("daemon.stopping")
            _log.info("stopping")


@asynccontextmanager
async def _told_to_end(house: House, notifier: Notifier) -> AsyncIterator[asyncio.Event]:
    """Take signals: SIGTERM and SIGINT set the event, SIGHUP reads the configuration anew."""
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    async with asyncio.TaskGroup() as reloads:
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, told.set)
        loop.add_signal_handler(signal.SIGHUP, lambda: reloads.create_task(_reload(house, notifier)))
        try:
            yield told
        finally:
            for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
                loop.remove_signal_handler(number)


async def _reload(house: House, notifier: Notifier) -> None:
    """Follow the file; one that is wrong changes nothing and is said in log and journal."""
    notifier.reloading()
    try:
        await house.reload()
    except OrchestratorError as fault:
        _log.error("reload failed", error=fault.message)
    notifier.ready(f"serving {len(house.configuration.agents)} agents")


@asynccontextmanager
async def _daily(tidy: Callable[[], Awaitable[None]]) -> AsyncIterator[None]:
    """Tidy now and once a day while inside."""

    async def go_on() -> None:
        while True:
            await tidy()
            await asyncio.sleep(_A_DAY)

    task = asyncio.create_task(go_on())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _tidy(house: House) -> None:
    """Compress and delete what is old enough; the journal remembers as long as logs are kept."""
    now, logging = house.clock(), house.configuration.logging

    keep = Keep(archive_after=logging.compress_after, delete_after=logging.keep)
    done = await asyncio.to_thread(keep_house, house.places.log_dir, now, keep)
    for fault in done.faults:
        _log.error("a log could not be tidied", fault=fault)
    await house.journal.prune(now - logging.keep)


def _configure_logging(places: Places, configuration: Configuration) -> Logging:
    settings = configuration.logging
    under_journald = "JOURNAL_STREAM" in os.environ
    return configure(
        settings.level, settings.format, places.log_dir, journald=under_journald, max_bytes=settings.max_size
    )
