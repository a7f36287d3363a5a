"""Why Claude Code ended: its last words say more than its exit status, which is 1 for everything. As of 2.1.197."""

import re
from typing import Final

from orchestratord.providers.base import ExitCause
from orchestratord.providers.endings import classify_by_words

__all__ = ["classify_exit"]

_LAST_WORDS: Final = (
    (re.compile(r"No conversation found"), ExitCause.SESSION_GONE),
    (re.compile(r"cannot be used with root/sudo|^error: ", re.MULTILINE), ExitCause.BAD_CONFIGURATION),
    (re.compile(r"Yes, I trust this folder"), ExitCause.TRUST_DIALOG),
    (re.compile(r"Please run /login|Invalid API key|Select login method"), ExitCause.LOGIN),
)


def classify_exit(status: int | None, signal: int | None, screen: str) -> ExitCause:
    """By its last words where it gave up by itself (status 1), else by status and signal."""
    return classify_by_words(status, signal, screen, _LAST_WORDS)
