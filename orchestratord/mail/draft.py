"""A message before it is one: what somebody wants to send, held to what can be typed into a terminal."""

import re
from dataclasses import dataclass, replace
from typing import Final

from orchestratord.config.units import write_size
from orchestratord.errors import BadRequest

__all__ = ["Draft", "checked", "clipped"]

_LINE_ENDS: Final = re.compile("\r\n?")
_STEERING: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
"""An escape in a pasted text could end the paste, and what follows would be keys."""
_LONGEST_SUBJECT: Final = 200


@dataclass(frozen=True, slots=True)
class Draft:
    """What somebody wants to send."""

    sender: str
    to: str
    """An agent, a role, ``all``, or the operator."""
    text: str
    subject: str = ""
    reply_to: str | None = None
    urgent: bool = False
    key: str | None = None
    expire_after: float | None = None
    """Seconds; None: as the configuration says."""


def checked(draft: Draft, largest: int) -> Draft:
    """The draft with its line ends made newlines. Raises BadRequest for a text that cannot arrive as it is.

    ``largest`` is in bytes of UTF-8.
    """
    text, subject = _LINE_ENDS.sub("\n", draft.text), draft.subject.strip()
    for name, value in (("text", text), ("subject", subject)):
        _expect_plain(name, value)
    if not text.strip():
        raise BadRequest("the text is empty")
    if "\n" in subject or len(subject) > _LONGEST_SUBJECT:
        raise BadRequest(f"the subject must be one line of at most {_LONGEST_SUBJECT} characters")
    if (size := len(text.encode())) > largest:
        raise BadRequest(
            f"the text has {size} bytes and may have {largest} ({write_size(largest)})",
            hint="Put it into a file that the agent can read, and send its path; or raise messages.max_size.",
        )
    return replace(draft, text=text, subject=subject)


def clipped(text: str, largest: int) -> str:
    """The text, or as many whole characters of it as fit into ``largest`` bytes of UTF-8."""
    encoded = text.encode(errors="replace")
    return text if len(encoded) <= largest else encoded[:largest].decode(errors="ignore")


def _expect_plain(name: str, value: str) -> None:
    if found := _STEERING.search(value):
        raise BadRequest(
            f"the {name} holds the control character U+{ord(found[0]):04X} at character {found.start()}",
            hint="It would be taken for a key or a command of the terminal. Newlines and tabs are fine.",
        )
    try:
        value.encode()
    except UnicodeEncodeError as fault:
        raise BadRequest(f"the {name} is not Unicode: half a character at character {fault.start}") from None
