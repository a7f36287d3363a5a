"""gemini's screen: a prompt box below a rule, or a framed dialog in its place. As of 0.61.0.

The title is its own word for what it does, but a setting can take it away; then the bottom of the screen tells it.
"""

import re
from dataclasses import dataclass
from typing import Final

from orchestratord.providers.base import Activity, Composer, Dialog, DialogKind, Reading
from orchestratord.providers.usage_limit import find_limit, reset_time

__all__ = ["read_composer", "read_screen"]

_RULE: Final = re.compile(r"─{20,}")
_PROMPT: Final = re.compile(r"^ [>*!] {1,3}")
_SENT: Final = re.compile(r"^ > ")
_PLACEHOLDER: Final = re.compile(r"Type your message(?: or @path/to/file)?")
_FOLDED: Final = re.compile(r"\[Pasted Text: (\d+) lines\]")
_SPINNER: Final = re.compile(r"^ [\u2800-\u28ff] .*\(esc to cancel")
_ERROR: Final = re.compile(r"^✕ (.+)")
_OPTION: Final = re.compile(r"^[│ ]*[● ] \d\. ")
_POINTER: Final = re.compile(r"●(?= \d\. )")
_FRAME: Final = re.compile(r"[╭╮╰╯│─]")
_DIALOGS: Final = (
    (re.compile(r"Allow execution |Apply this change"), DialogKind.PERMISSION, "permission"),
    (re.compile(r"Do you trust "), DialogKind.TRUST, "trust"),
    (re.compile(r"How would you like to authenticate"), DialogKind.LOGIN, "login"),
)


@dataclass(frozen=True, slots=True)
class _Bottom:
    """The screen cut at its last rule: the turn above, then a draft; or a dialog."""

    turn: list[str]
    draft: str = ""
    dialog: str = ""


def read_screen(screen: str, title: str, now: float) -> Reading | None:
    """What the pane's text and title tell; None when the bottom is neither a prompt box nor a dialog."""
    bottom = _cut(screen)
    if bottom is None:
        return None
    if bottom.dialog:
        return _dialog(bottom.dialog)
    if title.startswith("✦"):
        return Reading(Activity.WORKING, "screen: the title says so")
    if any(_SPINNER.match(line) for line in bottom.turn):
        return Reading(Activity.WORKING, "screen: esc to cancel")
    if limit := find_limit("\n".join(bottom.turn)):
        return Reading(Activity.LIMITED, "screen: usage limit", limited_until=reset_time(limit, now), error=limit)
    errors = [found[1] for line in bottom.turn if (found := _ERROR.match(line))]
    return Reading(Activity.IDLE, "screen: prompt", error=errors[-1] if errors else None)


def read_composer(screen: str) -> Composer | None:
    """The draft in the prompt box; None where a dialog stands instead."""
    bottom = _cut(screen)
    if bottom is None or bottom.dialog:
        return None
    if _PLACEHOLDER.fullmatch(bottom.draft):
        return Composer("")
    folded = _FOLDED.fullmatch(bottom.draft)
    return Composer(bottom.draft, lines=int(folded[1]) - 1 if folded else None)


def _cut(screen: str) -> _Bottom | None:
    lines = [line.rstrip() for line in screen.rstrip().split("\n")]
    rules = [number for number, line in enumerate(lines) if _RULE.fullmatch(line)]
    below = rules[-1] + 1 if rules else 0
    starts = [number for number in range(below, len(lines)) if _PROMPT.match(lines[number])]
    ends = [number for number in range(below, len(lines)) if not lines[number]]
    if rules and starts and ends and ends[-1] > starts[0]:
        # Below the last blank line stand the names of folder and model.
        draft = "\n".join(line[3:] for line in lines[starts[0] : ends[-1]])
        return _Bottom(_last_turn(lines[: rules[-1]]), draft=draft.strip())
    if any(_OPTION.match(line) for line in lines[below:]):
        return _Bottom([], dialog="\n".join(_framed(lines[below:])))
    return None


def _last_turn(lines: list[str]) -> list[str]:
    starts = [number for number, line in enumerate(lines) if _SENT.match(line)]
    return lines[starts[-1] + 1 :] if starts else lines


def _framed(lines: list[str]) -> list[str]:
    """The last frame that begins at the left edge."""
    tops = [number for number, line in enumerate(lines) if line.startswith("╭")]
    return lines[tops[-1] :] if tops else lines


def _dialog(text: str) -> Reading:
    words = " ".join(_POINTER.sub("", _FRAME.sub("", text)).split())
    for pattern, kind, name in _DIALOGS:
        if pattern.search(words):
            return Reading(Activity.WAITING, f"screen: {name} dialog", dialog=Dialog(kind, words))
    return Reading(Activity.WAITING, "screen: dialog", dialog=Dialog(DialogKind.QUESTION, words))
