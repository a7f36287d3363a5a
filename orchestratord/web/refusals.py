"""What the door refused, for the audit: in the journal, but never more than a trickle, for strangers set the pace."""

import time
from collections.abc import Callable
from typing import Final

from orchestratord.journal.store import Journal
from orchestratord.web.limits import Rate

__all__ = ["Refusals"]

_A_SECOND: Final = 1.0
_AT_ONCE: Final = 20
_LONGEST: Final = 200


class Refusals:
    """Journals refusals as ``operator.command`` with the outcome ``refused``, as the verbs' own are."""

    def __init__(self, journal: Journal, clock: Callable[[], float] = time.monotonic) -> None:
        self._journal = journal
        self._clock = clock
        self._rate = Rate(_A_SECOND, _AT_ONCE)
        self._unsaid = 0

    def record(self, what: str, caller: str, code: str) -> None:
        """Write down that ``caller`` was refused ``what``; beyond the rate it is counted, and told with the next."""
        if self._rate.wait("", self._clock()) > 0.0:
            self._unsaid += 1
            return
        self._journal.append(
            "operator.command",
            None,
            verb=what[:_LONGEST],
            parameters={},
            caller=caller,
            via="http",
            outcome="refused",
            error=code,
            unsaid=self._unsaid,
        )
        self._unsaid = 0
