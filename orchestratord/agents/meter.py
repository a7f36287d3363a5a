"""The meter of the cluster: what every agent has used of tokens and money, kept beside the agents' records."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, Final

from pydantic import JsonValue, TypeAdapter, ValidationError

from orchestratord.access.launch_pass import LaunchPasses
from orchestratord.agents.spending import Account
from orchestratord.journal.store import Journal
from orchestratord.providers.telemetry import Telemetry, Use

__all__ = ["Meter"]

_CHECK: Final[TypeAdapter[Account]] = TypeAdapter(Account)
_PREFIX: Final = "spending/"
_KEY: Final = "access/launch-key"


class Meter:
    """One account an agent. ``url`` is where reports are taken, "" where no agent is asked for any."""

    def __init__(self, journal: Journal) -> None:
        self.url = ""
        self._journal = journal
        self._passes = LaunchPasses(LaunchPasses.new_key())
        self._accounts: dict[str, Account] = {}

    async def open(self) -> None:
        """Go on where an earlier daemon was, with the passes that its launches hold."""
        key = (await self._journal.recall(_KEY)).get(_KEY)
        if not isinstance(key, str):
            key = LaunchPasses.new_key()
            self._journal.remember(_KEY, key)
            # A launch whose pass the next daemon does not know again would report to nobody.
            await self._journal.flush()
        self._passes = LaunchPasses(key)
        for name, value in (await self._journal.recall(_PREFIX)).items():
            try:
                self._accounts[name.removeprefix(_PREFIX)] = _CHECK.validate_python(value)
            except ValidationError:
                self._journal.append("agent.record_unreadable", name.removeprefix(_PREFIX))

    def telemetry(self, launch: str) -> Telemetry | None:
        """What a launch needs to report; None where nothing takes reports."""
        return Telemetry(self.url, self._passes.make(launch)) if self.url else None

    def launch_of(self, shown: str) -> str | None:
        """The launch whose pass is shown; None for what is no pass."""
        return self._passes.launch_of(shown)

    def of(self, name: str) -> Account:
        """What an agent has used since it first ran; to be read only."""
        return self._accounts.get(name) or Account()

    async def take(self, name: str, launch: str, uses: Sequence[Use]) -> int:
        """Count what a launch of the agent reports; on the disk when this returns. How many figures were refused."""
        account = self._accounts.setdefault(name, Account())
        before = asdict(account)
        refused = account.take(launch, uses)
        if (after := asdict(account)) != before:
            self._journal.remember(_PREFIX + name, _as_fact(after))
            await self._journal.flush()
        return refused

    def forget(self, name: str) -> None:
        """The agent is none of this cluster's any more."""
        self._accounts.pop(name, None)
        self._journal.remember(_PREFIX + name, None)


def _as_fact(account: dict[str, Any]) -> JsonValue:
    return {**account, "streams": {stream: list(seen) for stream, seen in account["streams"].items()}}
