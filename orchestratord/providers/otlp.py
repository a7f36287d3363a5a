"""Metrics as OpenTelemetry sends them (OTLP, JSON): the sums with certain names, one point after the other.

The format: https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding. Unknown fields are passed over, as it
demands; 64-bit numbers come as text or as numbers.
"""

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError

from orchestratord.errors import BadRequest

__all__ = ["Point", "read_sums"]

_CUMULATIVE: Final = (2, "AGGREGATION_TEMPORALITY_CUMULATIVE")
_Amount = Annotated[float, Field(ge=0, le=1e15, allow_inf_nan=False)]
_Nanoseconds = Annotated[int, Field(ge=0, lt=1 << 64)]


@dataclass(frozen=True, slots=True)
class Point:
    """One point of a sum. ``stream`` tells apart the series: metric, resource and attributes together.

    ``attributes`` are the point's own, those that are text. ``start`` and ``at`` are Unix nanoseconds, 0: not given.
    """

    metric: str
    stream: str
    attributes: Mapping[str, str]
    value: float
    start: int
    at: int
    cumulative: bool


class _Part(BaseModel):
    model_config = ConfigDict(extra="ignore", hide_input_in_errors=True)


class _Attribute(_Part):
    key: str
    value: dict[str, JsonValue] = {}


class _Point(_Part):
    attributes: list[_Attribute] = []
    start: _Nanoseconds = Field(default=0, alias="startTimeUnixNano")
    at: _Nanoseconds = Field(default=0, alias="timeUnixNano")
    as_int: _Amount | None = Field(default=None, alias="asInt")
    as_double: _Amount | None = Field(default=None, alias="asDouble")


class _Sum(_Part):
    temporality: Literal[1, 2, "AGGREGATION_TEMPORALITY_DELTA", "AGGREGATION_TEMPORALITY_CUMULATIVE"] = Field(
        alias="aggregationTemporality"
    )
    points: list[_Point] = Field(default=[], alias="dataPoints")


class _Metric(_Part):
    name: str
    sum: JsonValue = None
    """Read further only where the name is one of those asked for: nobody else's oddities matter."""


class _Scope(_Part):
    metrics: list[_Metric] = []


class _Resource(_Part):
    attributes: list[_Attribute] = []


class _Resourceful(_Part):
    resource: _Resource = _Resource()
    scopes: list[_Scope] = Field(default=[], alias="scopeMetrics")


class _Report(_Part):
    resources: list[_Resourceful] = Field(default=[], alias="resourceMetrics")


def read_sums(body: bytes, names: Collection[str]) -> list[Point]:
    """The points of all sums with these names. Milliseconds for a large body: call it in a thread.

    Raises BadRequest: no JSON, or not of this format.
    """
    try:
        report = _Report.model_validate(json.loads(body))
        return list(_points(report, names))
    except ValidationError as fault:
        first = fault.errors(include_url=False, include_input=False, include_context=False)[0]
        where = ".".join(str(step) for step in first["loc"]) or "the body"
        raise BadRequest(f"not a report of OTLP metrics: {where[:200]}: {first['msg']}") from None
    except (ValueError, RecursionError):
        raise BadRequest("the body is not JSON") from None


def _points(report: _Report, names: Collection[str]) -> Iterator[Point]:
    for resourceful in report.resources:
        about = _canonical(resourceful.resource.attributes)
        for scope in resourceful.scopes:
            for metric in scope.metrics:
                if metric.name in names and metric.sum is not None:
                    yield from _points_of(metric.name, _Sum.model_validate(metric.sum), about)


def _points_of(name: str, total: _Sum, about: str) -> Iterator[Point]:
    for point in total.points:
        value = point.as_double if point.as_int is None else point.as_int
        if value is None:
            continue
        identity = f"{name}\n{about}\n{_canonical(point.attributes)}"
        yield Point(
            name,
            hashlib.sha256(identity.encode("utf-8", "surrogatepass")).hexdigest()[:16],
            {one.key: text for one in point.attributes if isinstance(text := one.value.get("stringValue"), str)},
            value,
            point.start,
            point.at,
            total.temporality in _CUMULATIVE,
        )


def _canonical(attributes: list[_Attribute]) -> str:
    return json.dumps(sorted((one.key, json.dumps(one.value, sort_keys=True)) for one in attributes))
