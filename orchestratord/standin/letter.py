"""A message from another agent, as the daemon types it: the text between a line of who and which, and its end."""

import re

__all__ = ["text_of"]

_MESSAGE = re.compile(r"\[message (m\d+) from [^\n]*\]\n(.*)\n\[end of message \1; [^\n]*\]", re.DOTALL)


def text_of(prompt: str) -> str:
    """The text of the message that a prompt is, or the prompt itself where it is none."""
    message = _MESSAGE.fullmatch(prompt)
    return message[2] if message else prompt
