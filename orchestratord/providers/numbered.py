"""Dialogs whose answers are numbered lines, and the digit that chooses one of them."""

import re
from typing import Final

__all__ = ["digit_of"]

_OPTION: Final = re.compile(r"(?<!\S)(\d)\. (\w+)")


def digit_of(dialog: str, word: str) -> tuple[str, ...]:
    """The key of the first option that begins with ``word``; empty where none does.

    The options are the last numbers from 1 on: what is asked about may hold numbers too, and stands above them.
    """
    digits: dict[str, str] = {}
    for digit, first in _OPTION.findall(dialog):
        if digit == "1":
            digits.clear()
        digits.setdefault(first, digit)
    return (digits[word],) if word in digits else ()
