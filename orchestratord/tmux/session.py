"""The session and its windows: enough panes, none too small, each marked as its agent's."""

from collections.abc import Collection, Sequence

from orchestratord.tmux.place import Place

__all__ = ["SessionKeeper"]


class SessionKeeper:
    """Makes the session of a cluster and keeps it whole; knows nothing of what runs in it.

    ``cluster`` is the mark by which panes and the session are known as ours; ``drop_env`` names variables that must
    not reach a pane, even from a server that somebody else has started.
    """

    def __init__(self, place: Place, session: str, cluster: str, *, drop_env: Collection[str] = ()) -> None:
        raise NotImplementedError

    async def ensure(self, agents: Sequence[str]) -> dict[str, str]:
        """Make what is missing of session, windows and panes; return the pane's id of each agent.

        A new pane holds a process that has already ended. Panes that are there stay as they are, but for their size.

        Raises:
            ForeignSession: a session of this name exists and is not ours.
            TmuxUnavailable: tmux is not installed or does not answer.
        """
        raise NotImplementedError

    async def exists(self) -> bool:
        """Whether there is a session of ours."""
        raise NotImplementedError

    async def destroy(self) -> None:
        """Remove our panes, and with them the session, unless somebody opened windows of their own in it."""
        raise NotImplementedError
