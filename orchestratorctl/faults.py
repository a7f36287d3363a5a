"""What can go wrong, as it is told to a person and, with ``-o json``, to a program.

::

    Fault
    ├── Refused            the daemon's own error, its code passed on
    ├── Unreachable        unreachable     no daemon answers
    ├── BadUsage           usage
    ├── NotConfirmed       not_confirmed   what destroys was not confirmed
    ├── BadConfiguration   bad_configuration
    └── TimedOut           timed_out       it did not happen within the time given; it may still happen
"""

from collections.abc import Mapping
from typing import Any, Final, Self

from orchestratorctl.exits import Exit

__all__ = ["BadConfiguration", "BadUsage", "Fault", "NotConfirmed", "Refused", "TimedOut", "Unreachable"]


class Fault(Exception):
    """Ends the command: ``message`` says what and where, ``hint`` what to do."""

    code: str = "failed"
    exit_status: int = Exit.FAILED
    request_id: str | None = None

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def as_json(self) -> dict[str, Any]:
        """``{"error": {"code", "message", "hint", "request_id"}}``."""
        told = {"code": self.code, "message": self.message, "hint": self.hint, "request_id": self.request_id}
        return {"error": told}


class Refused(Fault):
    """The daemon said no, or that it failed; code, hint and exit status are its own."""

    def __init__(
        self, message: str, *, hint: str = "", code: str, exit_status: int, request_id: str | None = None
    ) -> None:
        super().__init__(message, hint=hint)
        self.code = code
        self.exit_status = exit_status
        self.request_id = request_id

    @classmethod
    def by_error(cls, error: Mapping[str, Any]) -> Self:
        """From the error of an answer: ``{code, message, data: {code, hint, request_id, exit_status}}``."""
        data = error.get("data")
        data = data if isinstance(data, Mapping) else {}
        status = data.get("exit_status")
        return cls(
            str(error.get("message", "the daemon refused without a word")),
            hint=str(data.get("hint", "")),
            code=str(data.get("code", "protocol")),
            exit_status=status if isinstance(status, int) and 0 < status < 256 else Exit.FAILED,
            request_id=str(data.get("request_id") or "") or None,
        )

    @classmethod
    def by_farewell(cls, told: Mapping[str, Any]) -> Self:
        """From the last notification before the daemon hangs up: ``{code, message}``."""
        code = str(told.get("code", "closed"))
        message = f"the daemon closed the connection: {told.get('message', 'without a word')}"
        return cls(message, code=code, exit_status=_FAREWELLS.get(code, Exit.FAILED))


_FAREWELLS: Final = {
    "busy": Exit.BUSY,
    "not_permitted": Exit.NOT_PERMITTED,
    "timed_out": Exit.TIMED_OUT,
    "unavailable": Exit.UNREACHABLE,
}


class Unreachable(Fault):
    """No daemon answers: nobody listens, nobody may be asked, or nothing comes back."""

    code = "unreachable"
    exit_status = Exit.UNREACHABLE


class BadUsage(Fault):
    """The command line asks for what cannot be."""

    code = "usage"
    exit_status = Exit.USAGE


class NotConfirmed(Fault):
    """A person said no (1), or nobody could be asked (2)."""

    code = "not_confirmed"

    def __init__(self, message: str, *, hint: str = "", exit_status: Exit) -> None:
        super().__init__(message, hint=hint)
        self.exit_status = exit_status


class BadConfiguration(Fault):
    """A configuration cannot be used; the message holds one fault a line."""

    code = "bad_configuration"
    exit_status = Exit.BAD_CONFIGURATION


class TimedOut(Fault):
    """It did not happen within the time given; it may still happen."""

    code = "timed_out"
    exit_status = Exit.TIMED_OUT
