"""The messages that are over: kept for a while, so that their answers can be read and their keys are known."""

from collections.abc import Iterable, Iterator
from typing import Final

from orchestratord.mail.message import Message

__all__ = ["Finished"]

_AGE: Final = 7 * 86_400.0
_MOST: Final = 5_000
_MOST_TEXT: Final = 64 << 20


class Finished:
    """Ids in the order in which they ended; the first are the first to be forgotten."""

    def __init__(self, messages: Iterable[Message] = ()) -> None:
        self._sizes: dict[str, tuple[float, int]] = {}
        self._text = 0
        for message in sorted(messages, key=lambda message: message.since):
            self.add(message)

    def add(self, message: Message) -> None:
        """It has just ended."""
        size = len(message.text) + len(message.answer or "")
        self._sizes[message.id] = (message.since, size)
        self._text += size

    def discard(self, id_: str) -> None:
        """It lives again."""
        _, size = self._sizes.pop(id_, (0.0, 0))
        self._text -= size

    def surplus(self, now: float) -> Iterator[str]:
        """Take out, one by one, those older than seven days, and the oldest beyond 5,000 or 64 Mi characters."""
        while self._sizes:
            oldest, (since, _) = next(iter(self._sizes.items()))
            if since >= now - _AGE and len(self._sizes) <= _MOST and self._text <= _MOST_TEXT:
                return
            self.discard(oldest)
            yield oldest
