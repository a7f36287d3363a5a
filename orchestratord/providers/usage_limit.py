"""When a used-up limit is over, read from the words of an agent CLI."""

import contextlib
import functools
import io
import os
import re
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Final
from zoneinfo import TZPATH, ZoneInfo

__all__ = ["find_limit", "reset_time"]

_LIMIT: Final = re.compile(r"(?:You've (?:hit|reached) your .*?limit|limit reached).*", re.IGNORECASE)
_RESET: Final = re.compile(
    r"resets\s+(?:(?P<month>[A-Z][a-z]{2})[a-z]*\.?\s+(?P<day>\d{1,2}),?\s+(?:at\s+)?)?"
    r"(?P<hour>\d{1,2})(?::(?P<minute>\d\d))?\s*(?P<half>am|pm)?(?:\s*\((?P<zone>[A-Za-z0-9_+/-]+)\))?",
    re.IGNORECASE,
)
_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_LARGEST_ZONE: Final = 65_536
_HALF_A_YEAR: Final = timedelta(days=183)


def find_limit(text: str) -> str | None:
    """The line that says a limit is used up, None when there is none."""
    found = _LIMIT.search(text)
    return found.group().strip() if found else None


def reset_time(text: str, now: float) -> float | None:
    """The moment (Unix seconds) that ``resets 7pm``, ``resets Nov 26, 12:48am (Asia/Tokyo)`` and the like name.

    A time without a day is the next one after ``now``. Without a zone it is this machine's. None: no such words, or a
    zone that nobody here knows.
    """
    found = _RESET.search(text)
    if found is None:
        return None
    zone = _zone(found["zone"]) if found["zone"] else None
    if found["zone"] and zone is None:
        return None
    here = datetime.fromtimestamp(now, UTC).astimezone(zone)
    hour = int(found["hour"])
    if found["half"]:
        hour = hour % 12 + (12 if found["half"].lower() == "pm" else 0)
    try:
        moment = here.replace(hour=hour, minute=int(found["minute"] or 0), second=0, microsecond=0)
        if found["month"] is not None:
            month = _MONTHS.index(found["month"].lower()) + 1
            moment = _nearest_year(moment.replace(month=month, day=int(found["day"])), here)
        elif moment <= here:
            moment += timedelta(days=1)
    except ValueError:
        return None
    return moment.timestamp()


@functools.lru_cache(maxsize=32)
def _zone(name: str) -> tzinfo | None:
    """The zone of that name, None when nobody here knows it.

    ZoneInfo itself would search packages too, which takes its time on the event loop; one small file does not.
    """
    if name == "UTC":  # known without a file, which a small machine may not have
        return UTC
    for folder in TZPATH:
        with contextlib.suppress(OSError, ValueError):
            descriptor = os.open(f"{folder}/{name}", os.O_RDONLY | os.O_CLOEXEC)
            try:
                return ZoneInfo.from_file(io.BytesIO(os.pread(descriptor, _LARGEST_ZONE, 0)), key=name)
            finally:
                os.close(descriptor)
    return None


def _nearest_year(moment: datetime, now: datetime) -> datetime:
    """In December "Jan 2" is next year's."""
    return moment.replace(year=now.year + 1) if now - moment > _HALF_A_YEAR else moment
