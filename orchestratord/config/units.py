"""Amounts as people write them: ``5m``, ``4G``, ``95%``; and back again, so that what is shown can be read again.

A parser takes what YAML gave (a number or text) and raises ``ValueError`` in words for whoever wrote the file. Reading
back what a writer wrote gives the very same number.
"""

import math
import re
from decimal import Decimal
from fractions import Fraction
from typing import Final

from orchestratord.config.wording import describe

__all__ = ["parse_duration", "parse_percent", "parse_size", "write_duration", "write_percent", "write_size"]

_SECONDS: Final = {
    "ms": Fraction(1, 1000), "s": Fraction(1), "m": Fraction(60), "h": Fraction(3600), "d": Fraction(86_400),
    "w": Fraction(604_800),
}  # fmt: skip
_BYTES: Final = {
    "": 1, "B": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40,
    "KIB": 1 << 10, "MIB": 1 << 20, "GIB": 1 << 30, "TIB": 1 << 40,
    "KB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12,
}  # fmt: skip
_NUMBER: Final = r"\d{1,16}(?:\.\d{1,9})?"
_DURATION: Final = re.compile(rf"(?:{_NUMBER}\s*(?:ms|[smhdw])\s*)+")
_DURATION_PART: Final = re.compile(rf"({_NUMBER})\s*(ms|[smhdw])")
_BARE: Final = re.compile(_NUMBER)
_SIZE: Final = re.compile(rf"({_NUMBER})\s*([A-Za-z]*)")
_PERCENT: Final = re.compile(rf"({_NUMBER})\s*%?")

_LONGEST: Final = 10 * 366 * 86_400
_LARGEST: Final = 1 << 50


def parse_duration(written: object) -> float:
    """Seconds of ``90``, ``1.5``, ``500ms``, ``10s``, ``5m``, ``1h30m``, ``2d`` or ``1w``; at most ten years."""
    seconds = _number(written)
    if seconds is None and isinstance(written, str):
        text = written.strip()
        if _BARE.fullmatch(text):
            seconds = Fraction(text)
        elif _DURATION.fullmatch(text):
            seconds = sum((Fraction(n) * _SECONDS[u] for n, u in _DURATION_PART.findall(text)), Fraction())
    if seconds is None:
        raise ValueError(f"{describe(written)} is not a duration: write seconds as a number, or 500ms, 10s, 5m, 2h, 1d")
    if seconds < 0:
        raise ValueError(f"{written} is less than nothing: a duration is 0 or more")
    if seconds > _LONGEST:
        raise ValueError(f"{written} is too long: a duration is at most ten years")
    return float(seconds)


def parse_size(written: object) -> int:
    """Bytes of ``1024``, ``256KiB``, ``4G`` (powers of 1024, as systemd and docker read it) or ``1MB`` (of 1000)."""
    size = _number(written)
    if size is None and isinstance(written, str) and (found := _SIZE.fullmatch(written.strip())):
        factor = _BYTES.get(found[2].upper())
        size = None if factor is None else Fraction(found[1]) * factor
    if size is None:
        raise ValueError(f"{describe(written)} is not a size: write bytes as a number, or 64K, 256KiB, 512M, 4G")
    if size < 0:
        raise ValueError(f"{written} is less than nothing: a size is 0 or more")
    if size > _LARGEST:
        raise ValueError(f"{written} is too large: a size is at most 1024T")
    return int(size)


def parse_percent(written: object) -> float:
    """The number before the percent sign: 95.0 of ``95%``, ``95`` or ``95.0``. The caller knows the range."""
    percent = _number(written)
    if percent is not None and 0 < percent < 1:
        raise ValueError(f"{written} is less than one percent: write {_plain(float(percent * 100))}% if that is meant")
    if percent is None and isinstance(written, str) and (found := _PERCENT.fullmatch(written.strip())):
        percent = Fraction(found[1])
    if percent is None or percent < 0:
        raise ValueError(f"{describe(written)} is not a share: write it in percent, such as 95%")
    return float(percent)


def write_duration(seconds: float) -> str:
    """The shortest way to write it: ``5m`` for 300.0."""
    if seconds == int(seconds):
        for unit in ("w", "d", "h", "m"):
            if seconds and seconds % int(_SECONDS[unit]) == 0:
                return f"{int(seconds) // int(_SECONDS[unit])}{unit}"
        return f"{int(seconds)}s"
    milliseconds = round(seconds * 1000)
    return f"{milliseconds}ms" if milliseconds and milliseconds / 1000 == seconds else f"{_plain(seconds)}s"


def write_size(size: int) -> str:
    """The shortest way to write it: ``256KiB`` for 262144."""
    for unit, factor in (("TiB", 1 << 40), ("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)):
        if size and size % factor == 0:
            return f"{size // factor}{unit}"
    return f"{size}B"


def write_percent(percent: float) -> str:
    """``95%`` for 95.0."""
    return f"{_plain(percent)}%"


def _number(written: object) -> Fraction | None:
    """What YAML read as a number; a truth value is none, though Python counts it among the integers."""
    if isinstance(written, bool) or not isinstance(written, int | float):
        return None
    return Fraction(written) if isinstance(written, int) or math.isfinite(written) else None


def _plain(number: float) -> str:
    """Without an exponent and without a needless ``.0``."""
    text = format(Decimal(repr(number)), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
