"""The tree of errors a user can meet, each with a code that stays.

::

    OrchestratorError            failed
    ├── BadConfiguration         bad_configuration   every fault of a file at once
    ├── BadRequest               bad_request         a parameter is missing, unknown or of the wrong shape
    ├── UnknownVerb              unknown_verb
    ├── NotPermitted             not_permitted       the caller's role does not reach
    ├── NoSuchAgent              no_such_agent
    ├── NotFound                 not_found           anything else that was named and is not there
    ├── Busy                     busy                somebody else is at it; trying again later may help
    ├── Conflict                 conflict            it is not in a state in which that can be done
    ├── TimedOut                 timed_out
    ├── Unavailable              unavailable         a thing outside (tmux, the disk) does not answer
    │   ├── TmuxUnavailable      tmux_unavailable
    │   └── JournalUnavailable   journal_unavailable
    └── LockHeld                 lock_held           another daemon owns this state directory

``exit_status`` is what a command line program ends with (1 failed, 2 usage, 4 no such agent, 69 not reachable,
75 busy, 77 not permitted, 78 bad configuration, 124 timed out); ``http_status`` what the web door answers.
"""

from typing import ClassVar

__all__ = [
    "BadConfiguration",
    "BadRequest",
    "Busy",
    "Conflict",
    "JournalUnavailable",
    "LockHeld",
    "NoSuchAgent",
    "NotFound",
    "NotPermitted",
    "OrchestratorError",
    "TimedOut",
    "TmuxUnavailable",
    "Unavailable",
    "UnknownVerb",
]


class OrchestratorError(Exception):
    """Something went wrong that a user should be told: ``message`` says what and where, ``hint`` what to do."""

    code: ClassVar[str] = "failed"
    exit_status: ClassVar[int] = 1
    http_status: ClassVar[int] = 500

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class BadConfiguration(OrchestratorError):
    """A configuration that cannot be used; the message holds one fault a line."""

    code = "bad_configuration"
    exit_status = 78
    http_status = 422


class BadRequest(OrchestratorError):
    """The call's words are off."""

    code = "bad_request"
    exit_status = 2
    http_status = 400


class UnknownVerb(OrchestratorError):
    """There is no verb of that name."""

    code = "unknown_verb"
    exit_status = 2
    http_status = 404


class NotPermitted(OrchestratorError):
    """The caller is known and may not do this."""

    code = "not_permitted"
    exit_status = 77
    http_status = 403


class NoSuchAgent(OrchestratorError):
    """The configuration has no agent of that name."""

    code = "no_such_agent"
    exit_status = 4
    http_status = 404


class NotFound(OrchestratorError):
    """Something else that was named is not there."""

    code = "not_found"
    http_status = 404


class Busy(OrchestratorError):
    """Somebody else is at it; trying again later may help."""

    code = "busy"
    exit_status = 75
    http_status = 503


class Conflict(OrchestratorError):
    """It is not in a state in which that can be done."""

    code = "conflict"
    http_status = 409


class TimedOut(OrchestratorError):
    """It did not happen within the time given; it may still happen."""

    code = "timed_out"
    exit_status = 124
    http_status = 504


class Unavailable(OrchestratorError):
    """A thing outside the daemon does not answer."""

    code = "unavailable"
    exit_status = 1
    http_status = 503


class TmuxUnavailable(Unavailable):
    """tmux did not answer within its deadline, refused, or is not installed."""

    code = "tmux_unavailable"


class JournalUnavailable(Unavailable):
    """The journal's file cannot be read or written."""

    code = "journal_unavailable"


class LockHeld(OrchestratorError):
    """Another daemon owns this state directory."""

    code = "lock_held"
