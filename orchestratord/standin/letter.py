"""A message from another agent, as the daemon types it: a line of who and which, and below it the text."""

import re

__all__ = ["text_of"]

_HEAD = re.compile(r"\[message m\d+ from [^\n]*\]\n")


def text_of(prompt: str) -> str:
    """The text of the message that a prompt is, or the prompt itself where it is none."""
    head = _HEAD.match(prompt)
    return prompt[head.end() :] if head else prompt
