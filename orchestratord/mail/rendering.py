"""How a message looks to the agent that gets it: the text as it was written, between two lines that say whose it is."""

import re
import unicodedata
from typing import Final

from orchestratord.mail.message import Message

__all__ = ["alike", "rendered"]

_NOT_COMPARED: Final = frozenset({"Cf", "Mn", "Sk", "So", "Zs"})
"""Categories of characters that not every terminal keeps: joiners and marks, and the emoji they are parts of."""
_UNPRINTABLE: Final = "\N{REPLACEMENT CHARACTER}"
_SPACE: Final = re.compile(r"\s+")


def rendered(message: Message) -> str:
    """What is typed into the pane: ``[message ID from SENDER]``, the text unaltered, ``[end of message ID; …]``.

    The first line makes every prompt another one, so that it can be told which message a pane, a hook or a transcript
    shows. Both keep the text from being taken for more than a text: at its beginning a slash would be a command, and
    at its end an ``@word`` opens a picker that swallows Enter, a backslash makes Enter a new line, and white space is
    cut off. Only the outermost lines are ours: one that looks like them in between is part of the text.
    """
    words = f"message {message.id} from {message.sender}"
    if message.reply_to is not None:
        words += f" in reply to {message.reply_to}"
    if message.subject:
        words += f" about {message.subject}"
    return f"[{words}]\n{message.text}\n[end of message {message.id}; what you say last is your answer to it]"


def alike(one: str, other: str) -> bool:
    """Whether two texts are the same but for what a CLI and a terminal make of one on its way.

    They wrap lines, trim, turn tabs into spaces, compose letters (NFC), and show of an emoji made of many only some:
    so letters, digits and punctuation have to be the same, in their order.
    """
    return one == other or _bare(one) == _bare(other)


def _bare(text: str) -> str:
    text = _SPACE.sub("", unicodedata.normalize("NFC", text)).replace(_UNPRINTABLE, "")
    if text.isascii():
        return text
    return "".join(char for char in text if unicodedata.category(char) not in _NOT_COMPARED)
