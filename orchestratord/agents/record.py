"""What is remembered of an agent from one daemon to the next."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from pydantic import JsonValue, TypeAdapter, ValidationError

from orchestratord.agents.states import Desired
from orchestratord.journal.store import Journal
from orchestratord.processes import ProcessId

__all__ = ["Books", "Record"]


@dataclass(slots=True)
class Record:
    """All that a daemon cannot see for itself when it finds an agent. Times are Unix seconds.

    ``launch``, ``pid``, ``ticks`` (since boot), ``started_at``, ``ready``, ``outdated``: the launch that runs or ran
    last. ``session_id`` with ``can_resume``: the conversation to go on with. ``restarts``: the automatic restarts that
    still count, ``restart_count`` all there ever were. ``limit``: the words of a usage
    limit, over at ``limited_until``. ``failed`` or ``done``: why it is not started by itself.
    """

    desired: Desired = Desired.STOPPED
    held: bool = False
    launch: str | None = None
    pid: int | None = None
    ticks: int = 0
    started_at: float | None = None
    ready: bool = False
    outdated: bool = False
    session_id: str | None = None
    can_resume: bool = False
    restarts: tuple[float, ...] = ()
    restart_count: int = 0
    restart_at: float | None = None
    limit: str = ""
    limited_until: float | None = None
    failed: str = ""
    done: str = ""
    exit: Mapping[str, JsonValue] | None = None

    @property
    def process(self) -> ProcessId | None:
        """The process of the last launch, as it was written down."""
        return None if self.pid is None else ProcessId(self.pid, self.ticks)

    @process.setter
    def process(self, process: ProcessId | None) -> None:
        self.pid, self.ticks = (process.pid, process.started) if process else (None, 0)

    @property
    def resting(self) -> bool:
        """Whether it is not started again by itself."""
        return bool(self.failed or self.done)

    def take(self, other: "Record") -> None:
        """Become what an earlier daemon has written down."""
        for field in fields(self):
            setattr(self, field.name, getattr(other, field.name))

    def ran(self, launch: str, at: float) -> None:
        """A launch begins; its process is not known yet."""
        self.launch, self.started_at, self.ready, self.outdated = launch, at, False, False
        self.process = None
        self.failed = self.done = ""
        self.restart_at = None

    def forgive(self) -> None:
        """An operator says that what went wrong counts no more."""
        self.failed = self.done = ""
        self.restarts = ()
        self.restart_at = None


_CHECK = TypeAdapter(Record)
_PREFIX = "agent/"


class Books:
    """The records of a cluster's agents, kept in the journal beside the events they belong to."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._written: dict[str, dict[str, Any]] = {}

    async def read(self) -> dict[str, Record]:
        """The records of the daemons before this one, by agent; one that cannot be read is left out."""
        found = {}
        for key, value in (await self._journal.recall(_PREFIX)).items():
            try:
                found[key.removeprefix(_PREFIX)] = _CHECK.validate_python(value)
            except ValidationError:
                self._journal.append("agent.record_unreadable", key.removeprefix(_PREFIX))
        return found

    def write(self, name: str, record: Record) -> None:
        """Remember the record, if it says anything new. Costs microseconds."""
        now = asdict(record)
        if self._written.get(name) != now:
            self._written[name] = now
            self._journal.remember(_PREFIX + name, {**now, "restarts": list(record.restarts)})

    def forget(self, name: str) -> None:
        """The agent is none of this cluster's any more."""
        self._written.pop(name, None)
        self._journal.remember(_PREFIX + name, None)
