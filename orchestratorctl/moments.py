"""Times as people say them."""

import re
import time
from typing import Final

from orchestratorctl.faults import BadUsage

__all__ = ["ago", "clock", "parse_since"]

_UNITS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}


def ago(seconds: float) -> str:
    """A span in its largest one or two units: ``5s``, ``3m``, ``2h 10m``, ``4d 1h``."""
    whole = max(0, int(seconds))
    if whole < 60:
        return f"{whole}s"
    if whole < 3600:
        return f"{whole // 60}m"
    if whole < 86_400:
        return f"{whole // 3600}h {whole % 3600 // 60}m"
    return f"{whole // 86_400}d {whole % 86_400 // 3600}h"


def clock(at: float) -> str:
    """Unix seconds in local time, to the millisecond."""
    try:
        return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(at)) + f".{int(at % 1 * 1000):03}"
    except (OverflowError, ValueError, OSError):
        return str(at)


def parse_since(text: str, now: float) -> float:
    """The Unix seconds of ``90s``, ``2h``, ``3d`` (ago), of a date with or without time, or of Unix seconds.

    Local time unless the text says its zone. Raises BadUsage.
    """
    text = text.strip()
    if found := re.fullmatch(r"(\d+(?:\.\d+)?)([smhdw])", text):
        return now - float(found[1]) * _UNITS[found[2]]
    if re.fullmatch(r"\d{9,11}(?:\.\d+)?", text):
        return float(text)
    from datetime import datetime

    try:
        return datetime.fromisoformat(text).timestamp()
    except (ValueError, OverflowError):
        raise BadUsage(
            f'"{text}" is no time', hint="Write 15m, 2h, 3d, 2026-01-31, 2026-01-31T12:00 or Unix seconds."
        ) from None
