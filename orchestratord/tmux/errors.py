"""What tmux can refuse, apart from not answering at all."""

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


_NO_SESSION = (
    "can't find session",
    "no server running",
    "error connecting",
    "no sessions",
    "no such session",
    "no current session",
)
_NO_PANE = ("can't find pane", "no such pane", "can't find window")


def refusal(command: str, words: str) -> CommandFailed:
    """The error for what tmux said to ``command`` (its first word)."""
    kind = CommandFailed
    if words.startswith(_NO_SESSION):
        kind = SessionGone
    elif words.startswith(_NO_PANE):
        kind = PaneGone
    return kind(f"tmux {command}: {words or 'failed and did not say why'}")
