"""How tmux says no, besides not answering at all (:class:`orchestratord.errors.TmuxUnavailable`)."""

from orchestratord.errors import TmuxUnavailable, Unavailable

__all__ = ["NOT_INSTALLED", "CommandFailed", "PaneGone"]

NOT_INSTALLED = TmuxUnavailable(
    "tmux is not installed, or not on the PATH", hint="Install it, for example: apt-get install tmux"
)


class CommandFailed(Unavailable):
    """tmux refused a command; the message holds its own words."""

    code = "tmux_refused"


class PaneGone(CommandFailed):
    """The pane that was meant is not there (any more)."""

    code = "pane_gone"
