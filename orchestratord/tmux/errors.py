"""What tmux can refuse, apart from not answering at all."""

import re
from typing import Final

from orchestratord.errors import Conflict, TmuxUnavailable

__all__ = ["CommandFailed", "ForeignSession", "PaneGone", "SessionGone", "refusal"]


class CommandFailed(TmuxUnavailable):
    """tmux answered a command with an error; the message holds its words."""


class PaneGone(CommandFailed):
    """The pane that was named is not there any more."""


class SessionGone(CommandFailed):
    """There is no such session, or no server at all."""


class ForeignSession(Conflict):
    """A session of our name exists that somebody else has made."""


_NO_SESSION: Final = re.compile(
    r"can't find session|no such session|no current (session|target)|no sessions"
    # A server that is just ending still takes a connection and drops it.
    r"|no server running|server exited|lost server"
    # Any other reason than these two, such as missing permission, says nothing about the session.
    r"|error connecting to .* \((No such file or directory|Connection refused)\)"
)
_NO_PANE: Final = re.compile(r"can't find pane|no such pane|can't find window")


def refusal(command: str, words: str) -> CommandFailed:
    """The error for what tmux said to ``command`` (its first word)."""
    kind = CommandFailed
    if _NO_SESSION.match(words):
        kind = SessionGone
    elif _NO_PANE.match(words):
        kind = PaneGone
    return kind(f"tmux {command}: {words or 'failed and did not say why'}")
