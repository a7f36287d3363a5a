"""A message from another agent, as the daemon types it: the text between two lines that say whose it is."""

import re

__all__ = ["text_of"]

_LETTER = re.compile(r"\[message (m\d+) from [^\n]*\]\n(.*)\n\[end of message \1;[^\n]*\]\s*", re.DOTALL)


def text_of(prompt: str) -> str:
    """The text of the message that a prompt is, or the prompt itself where it is none."""
    letter = _LETTER.fullmatch(prompt)
    return letter[2] if letter else prompt
