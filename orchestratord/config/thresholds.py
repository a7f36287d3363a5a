"""From where on a figure is worth a warning, an error or a critical alert; the defaults are the runbook's table.

Each line of the table is one model. ``off`` turns a level off (None here). ``patience`` (written ``for``) is how many
seconds the condition must hold before it fires.
"""

from itertools import pairwise
from typing import Annotated, Any, Final, Self

from pydantic import (
    BeforeValidator,
    Field,
    GetJsonSchemaHandler,
    SerializerFunctionWrapHandler,
    WrapSerializer,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from orchestratord.config.section import Count, Duration, Percent, PositiveDuration, Section, key_fault
from orchestratord.config.units import write_duration, write_percent

__all__ = [
    "CountThreshold",
    "DiskThreshold",
    "DurationThreshold",
    "IdleThreshold",
    "MemoryThreshold",
    "ResponseThreshold",
    "RestartThreshold",
    "ShareThreshold",
    "Thresholds",
    "UptimeThreshold",
]

_LEVELS: Final = ("target", "warning", "error", "critical")


def _off(value: object) -> object:
    return None if value is False or (isinstance(value, str) and value.lower() == "off") else value


def _show(value: object, handler: SerializerFunctionWrapHandler) -> object:
    return "off" if value is None else handler(value)


class _OrOff:
    """Tells the JSON Schema of it."""

    @staticmethod
    def __get_pydantic_json_schema__(schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {"anyOf": [handler(schema), {"const": "off"}]}


_TARGET: Final = "What is wished for; shown, never an alert."
_WARNING: Final = "From here on a warning; off: none."
_ERROR: Final = "From here on an error; off: none."
_CRITICAL: Final = "From here on critical; off: none."
_FOR: Final = "How long it must hold before the alert fires."

_SHOW: Final = WrapSerializer(_show, when_used="json")
_Percent = Annotated[Percent | None, BeforeValidator(_off), _SHOW, _OrOff]
_Duration = Annotated[PositiveDuration | None, BeforeValidator(_off), _SHOW, _OrOff]
_Count = Annotated[Count | None, BeforeValidator(_off), _SHOW, _OrOff]


class _Levels(Section):
    """What the lines of the table share: the levels rise (or fall) in one direction."""

    patience: Duration = Field(default=0.0, alias="for", description=_FOR)

    def _in_order(self, *, falling: bool = False) -> None:
        given: list[tuple[str, Any]] = [
            (level, getattr(self, level)) for level in _LEVELS if getattr(self, level, None) is not None
        ]
        for (lower, before), (higher, after) in pairwise(given):
            if (before < after) if falling else (before > after):
                where, way = ("below", "fall") if falling else ("above", "rise")
                wrong = f"{self._write(before)} is {where} {higher} ({self._write(after)})"
                raise key_fault(lower, f"{wrong}: the levels {way} from target to critical")

    @staticmethod
    def _write(value: float) -> str:
        return str(value)


class UptimeThreshold(_Levels):
    """The share of the window in which an agent was up; lower is worse."""

    target: _Percent = Field(default=99.0, description=_TARGET)
    warning: _Percent = Field(default=95.0, description="Below this a warning; off: none.")
    error: _Percent = Field(default=None, description="Below this an error; off: none.")
    critical: _Percent = Field(default=None, description="Below this critical; off: none.")
    window: PositiveDuration = Field(default=86_400.0, description="The time over which the share is taken.")

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        self._in_order(falling=True)
        return self

    @staticmethod
    def _write(value: float) -> str:
        return write_percent(value)


class ShareThreshold(_Levels):
    """How much of a resource is used, in percent; higher is worse."""

    target: _Percent = Field(default=70.0, description=_TARGET)
    warning: _Percent = Field(default=90.0, description=_WARNING)
    error: _Percent = Field(default=None, description=_ERROR)
    critical: _Percent = Field(default=None, description=_CRITICAL)
    patience: Duration = Field(default=60.0, alias="for", description=_FOR)

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        self._in_order()
        return self

    @staticmethod
    def _write(value: float) -> str:
        return write_percent(value)


class MemoryThreshold(ShareThreshold):
    """Memory used, in percent."""

    warning: _Percent = Field(default=85.0, description=_WARNING)


class DiskThreshold(ShareThreshold):
    """The disk that holds the state, used, in percent."""

    target: _Percent = Field(default=80.0, description=_TARGET)


class DurationThreshold(_Levels):
    """A time, in seconds; longer is worse."""

    target: _Duration = Field(default=None, description=_TARGET)
    warning: _Duration = Field(default=None, description=_WARNING)
    error: _Duration = Field(default=None, description=_ERROR)
    critical: _Duration = Field(default=None, description=_CRITICAL)

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        self._in_order()
        return self

    @staticmethod
    def _write(value: float) -> str:
        return write_duration(value)


class ResponseThreshold(DurationThreshold):
    """The mean time from a message's submission to its answer, in seconds."""

    target: _Duration = Field(default=5.0, description=_TARGET)
    warning: _Duration = Field(default=10.0, description=_WARNING)
    window: PositiveDuration = Field(default=900.0, description="The time over which the mean is taken.")


class IdleThreshold(DurationThreshold):
    """How long an agent has had nothing to do, in seconds. The warning is monitoring.max_idle_time unless given."""

    warning: _Duration = Field(default=300.0, description=_WARNING + " Default: max_idle_time.")
    error: _Duration = Field(default=600.0, description=_ERROR + " Default: twice max_idle_time.")
    critical: _Duration = Field(default=900.0, description=_CRITICAL + " Default: three times max_idle_time.")


class CountThreshold(_Levels):
    """A number of things; more is worse."""

    warning: _Count = Field(default=1, description=_WARNING)
    error: _Count = Field(default=2, description=_ERROR)
    critical: _Count = Field(default=3, description=_CRITICAL)

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        self._in_order()
        return self


class RestartThreshold(CountThreshold):
    """How often an agent was restarted within the window."""

    warning: _Count = Field(default=3, description=_WARNING)
    error: _Count = Field(default=5, description=_ERROR)
    critical: _Count = Field(default=10, description=_CRITICAL)
    window: PositiveDuration = Field(default=86_400.0, description="The time in which restarts are counted.")


class Thresholds(Section):
    """The runbook's table; every figure of it is a setting."""

    uptime: UptimeThreshold = Field(default_factory=UptimeThreshold, description="The share of time an agent was up.")
    response_time: ResponseThreshold = Field(
        default_factory=ResponseThreshold, description="The mean time until a message is answered."
    )
    cpu: ShareThreshold = Field(default_factory=ShareThreshold, description="CPU of the machine in use.")
    memory: MemoryThreshold = Field(default_factory=MemoryThreshold, description="Memory of the machine in use.")
    disk: DiskThreshold = Field(default_factory=DiskThreshold, description="The disk that holds the state, in use.")
    idle: IdleThreshold = Field(default_factory=IdleThreshold, description="How long an agent has been idle.")
    restarts: RestartThreshold = Field(default_factory=RestartThreshold, description="Restarts of one agent.")
    agents_down: CountThreshold = Field(
        default_factory=CountThreshold, description="How many agents are down; a lost session is always critical."
    )
