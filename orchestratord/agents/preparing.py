"""The next launch, prepared ahead: when an agent dies, nothing is left to be done on the disk."""

import asyncio
import contextlib
import os
import sys
import tempfile
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from orchestratord.config.agent import AgentConfig
from orchestratord.config.places import Places
from orchestratord.errors import OrchestratorError
from orchestratord.providers.base import CannotLaunch, ExitCause, Launch, LaunchPlace, Provider
from orchestratord.providers.telemetry import Telemetry

__all__ = ["Preparation", "Preparer"]


@dataclass(frozen=True, slots=True)
class Preparation:
    """One launch whose files are in place: ``id`` is new with each, ``resume`` the session it will go on with."""

    id: str
    launch: Launch
    config: AgentConfig
    resume: str | None
    telemetry: Telemetry | None

    def fits(self, config: AgentConfig, resume: str | None, telemetry: Telemetry | None) -> bool:
        """Whether it is what should be started now."""
        return self.resume == resume and self.config is config and self.telemetry == telemetry


class Preparer:
    """Prepares one agent's launches, one after the other; ``crowd`` bounds how many agents do so at a time.

    ``telemetry`` says for a launch where it reports its use of tokens.
    """

    def __init__(self, places: Places, crowd: asyncio.Semaphore, telemetry: Callable[[str], Telemetry | None]) -> None:
        self._places = places
        self._crowd = crowd
        self._telemetry = telemetry
        self._ahead: Preparation | None = None
        self._task: asyncio.Task[None] | None = None

    async def take(
        self, config: AgentConfig, provider: Provider, resume: str | None, *, fresh: bool = False
    ) -> Preparation:
        """A launch to start now: the one that was prepared ahead where it fits, which costs nothing.

        ``fresh``: look at the disk again even so, for an operator who may have changed a file that it is made of.

        Raises:
            CannotLaunch: the program is missing, or its files cannot be written; the error names the cause.
        """
        self.cancel()
        ahead, self._ahead = self._ahead, None
        if ahead is not None and not fresh and self._fits(ahead, config, resume):
            return ahead
        return await self._prepare(config, provider, resume)

    def ahead(self, config: AgentConfig, provider: Provider, resume: str | None) -> None:
        """Begin to prepare for the next start, unless that is done. What fails now is said when it is needed."""
        if self._ahead is not None and self._fits(self._ahead, config, resume):
            return
        self.cancel()
        self._ahead = None
        self._task = asyncio.create_task(self._prepare_ahead(config, provider, resume))

    def cancel(self) -> None:
        """Prepare nothing more; what is done already is kept."""
        if self._task is not None:
            self._task.cancel()
            self._task = None

    def _fits(self, ahead: Preparation, config: AgentConfig, resume: str | None) -> bool:
        return ahead.fits(config, resume, self._telemetry(ahead.id))

    async def _prepare_ahead(self, config: AgentConfig, provider: Provider, resume: str | None) -> None:
        with contextlib.suppress(OrchestratorError):
            self._ahead = await self._prepare(config, provider, resume)

    async def _prepare(self, config: AgentConfig, provider: Provider, resume: str | None) -> Preparation:
        launch_id = uuid.uuid4().hex
        telemetry = self._telemetry(launch_id)
        async with self._crowd:
            launch = await asyncio.to_thread(_on_disk, config, provider, self._places, launch_id, resume, telemetry)
        return Preparation(launch_id, launch, config, resume, telemetry)


def _on_disk(
    config: AgentConfig,
    provider: Provider,
    places: Places,
    launch_id: str,
    resume: str | None,
    telemetry: Telemetry | None,
) -> Launch:
    try:
        place = LaunchPlace(
            directory=places.agent_dir(config.name),
            socket=places.socket,
            spool=places.spool,
            python=sys.executable,
            work_dir=config.work_dir,
            home=Path(config.env.get("HOME") or Path.home()),
            launch_id=launch_id,
            resume=resume,
            personality=_personality(config.personality_prompt_path),
            telemetry=telemetry,
        )
        if not config.work_dir.is_dir():
            raise CannotLaunch(
                f"its work_dir {config.work_dir} is not a directory",
                cause=ExitCause.BAD_CONFIGURATION,
                hint="Create it, or change work_dir in the configuration and reload.",
            )
        launch = provider.prepare(config, place)
        for path, text in launch.files.items():
            _write(path, text)
    except (OSError, UnicodeError) as fault:
        raise CannotLaunch(f"its files cannot be prepared: {fault}", cause=ExitCause.BAD_CONFIGURATION) from fault
    return launch


def _personality(path: Path | None) -> str:
    return "" if path is None else path.read_text(encoding="utf-8")


def _write(path: Path, text: str) -> None:
    """Whole or not at all: an agent that starts meanwhile reads either the old file or the new one."""
    data = text.encode()
    with contextlib.suppress(FileNotFoundError):
        if path.read_bytes() == data:
            return
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # 0600, and a name of its own: a preparation that was given up may still be writing in its thread.
    descriptor, part = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
    Path(part).replace(path)
