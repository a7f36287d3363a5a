"""A clock that a test can put forward."""

import time

__all__ = ["Clock"]


class Clock:
    """Unix seconds, and ``ahead`` of them by so many."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def __call__(self) -> float:
        return time.time() + self.ahead

    def show(self, moment: float) -> None:
        """Go on from that moment."""
        self.ahead = moment - time.time()
