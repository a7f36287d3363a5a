"""codex's screen: a prompt box without a border, or a dialog in its place. As of 0.169.0.

Only the end of the screen is believed, from the last line that begins with the prompt's sign: below it stand a blank
line and the last paragraph, which are hints for a prompt box and the keys of a dialog.
"""

import re
from dataclasses import dataclass
from typing import Final

from orchestratord.providers.base import Activity, Composer, Dialog, DialogKind, Reading
from orchestratord.providers.usage_limit import find_limit, reset_time

__all__ = ["read_composer", "read_screen"]

_PROMPT: Final = re.compile(r"^[›>] ")
_PLACEHOLDER: Final = "Ask Codex to do anything"
_FOLDED: Final = re.compile(r"\[Pasted Content (\d+) chars\]")
_KEYS: Final = re.compile(r"^  Press enter to ")
_POINTER: Final = re.compile(r"^[›>](?= \d\. )", re.MULTILINE)
_SPINNER: Final = re.compile(r"^[•◦] .*\(.*esc to interrupt\)")
_ERROR: Final = re.compile(r"^■ (?!Conversation interrupted)(.+)")
_DIALOGS: Final = (
    (re.compile(r"Would you like to "), DialogKind.PERMISSION, "permission"),
    (re.compile(r"Sign in with ChatGPT"), DialogKind.LOGIN, "login"),
)


@dataclass(frozen=True, slots=True)
class _Bottom:
    """The screen cut at its last prompt sign: the turn above, then either a draft or a dialog."""

    turn: list[str]
    draft: str
    dialog: str


def read_screen(screen: str, title: str, now: float) -> Reading | None:
    """What the pane's text and title tell; None when the bottom is neither a prompt box nor a dialog."""
    bottom = _cut(screen)
    if bottom is None:
        return None
    if bottom.dialog:
        return _dialog(bottom.dialog)
    if "\u2800" <= title[:1] <= "\u28ff":
        return Reading(Activity.WORKING, "screen: the title spins")
    if any(_SPINNER.match(line) for line in bottom.turn):
        return Reading(Activity.WORKING, "screen: esc to interrupt")
    if limit := find_limit("\n".join(bottom.turn)):
        return Reading(Activity.LIMITED, "screen: usage limit", limited_until=reset_time(limit, now), error=limit)
    errors = [found[1] for line in bottom.turn if (found := _ERROR.match(line))]
    return Reading(Activity.IDLE, "screen: prompt", error=errors[-1] if errors else None)


def read_composer(screen: str) -> Composer | None:
    """The draft in the prompt box; None where a dialog stands instead."""
    bottom = _cut(screen)
    if bottom is None or bottom.dialog:
        return None
    if bottom.draft == _PLACEHOLDER:
        return Composer("")
    folded = _FOLDED.fullmatch(bottom.draft)
    return Composer(bottom.draft, characters=int(folded[1]) if folded else None)


def _cut(screen: str) -> _Bottom | None:
    lines = [line.rstrip() for line in screen.rstrip().split("\n")]
    prompts = [number for number, line in enumerate(lines) if _PROMPT.match(line)]
    if not prompts:
        return None
    at = prompts[-1]
    starts = [number for number in prompts[:-1] if not _POINTER.match(lines[number])]
    turn = lines[starts[-1] + 1 if starts else 0 : at]
    if _KEYS.match(lines[-1]):
        return _Bottom(turn, draft="", dialog="\n".join([*_question(turn), *lines[at:]]))
    ends = [number for number in range(at + 1, len(lines)) if not lines[number]]
    if not ends:
        return None
    # A draft is indented below its first line.
    draft = "\n".join(line[2:] for line in lines[at : ends[-1]])
    return _Bottom(turn, draft=draft.strip(), dialog="")


def _question(turn: list[str]) -> list[str]:
    """What a dialog asks about: its lines are indented, unlike the steps of the turn above."""
    steps = [number for number, line in enumerate(turn) if line and not line.startswith(" ")]
    return turn[steps[-1] + 1 if steps else 0 :]


def _dialog(text: str) -> Reading:
    words = " ".join(_POINTER.sub("", text).split())
    for pattern, kind, name in _DIALOGS:
        if pattern.search(words):
            return Reading(Activity.WAITING, f"screen: {name} dialog", dialog=Dialog(kind, words))
    return Reading(Activity.WAITING, "screen: dialog", dialog=Dialog(DialogKind.QUESTION, words))
