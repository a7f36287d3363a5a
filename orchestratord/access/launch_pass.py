"""The pass that a launch gets on its way: by it the daemon knows again whom it has started."""

import hashlib
import hmac
import secrets

__all__ = ["LaunchPasses"]

_SEPARATOR = "."


class LaunchPasses:
    """Makes passes and knows them again, by a key of the daemon's own; nothing is kept of a single pass.

    A launch's id stands in the journal for everybody to read; its pass is told to its own process alone.
    """

    def __init__(self, key: str) -> None:
        self._key = key.encode()

    @staticmethod
    def new_key() -> str:
        """A key for a daemon that has none yet; passes live as long as it is remembered."""
        return secrets.token_hex(32)

    def make(self, launch: str) -> str:
        """The pass of a launch: letters, digits and one dot."""
        return f"{launch}{_SEPARATOR}{self._seal(launch)}"

    def launch_of(self, shown: str) -> str | None:
        """The launch whose pass is shown; None for what is no pass of ours."""
        launch, _, seal = shown.rpartition(_SEPARATOR)
        whole = launch and hmac.compare_digest(seal.encode("utf-8", "replace"), self._seal(launch).encode())
        return launch if whole else None

    def _seal(self, launch: str) -> str:
        return hmac.new(self._key, launch.encode("utf-8", "replace"), hashlib.sha256).hexdigest()
