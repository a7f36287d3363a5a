"""Claude Code's screen: where its prompt box is, and what it shows instead. As of 2.1.197.

The bottom of the pane is one of two things: a prompt box between two rules, or a dialog below a rule. Only
that bottom is believed. What stands above may be any text at all, the agent's own words among it.
"""

import re
from dataclasses import dataclass
from typing import Final

from orchestratord.providers.base import Activity, Composer, Dialog, DialogKind, Reading
from orchestratord.providers.usage_limit import find_limit, reset_time

__all__ = ["read_composer", "read_screen"]

_RULE: Final = re.compile(r"─{20,}(?: .* ──)?\s*")
_OPTION: Final = re.compile(r"^\s*❯ \d+\. ", re.MULTILINE)
_POINTER: Final = re.compile(r"^(\s*)❯(?= \d+\. )", re.MULTILINE)
_SPINNER: Final = re.compile(r"^[·✢✳✶✻✽*] (?:\S+…|API error · Retrying)")
_PROMPT: Final = "❯"
_LOGIN: Final = re.compile(r"Not logged in|Please run /login|Select login method|Invalid API key")
_TRUST: Final = re.compile(r"trust this folder|Quick safety check")
_LIMIT: Final = re.compile(r"limit to reset|usage limit", re.IGNORECASE)
_ERROR: Final = re.compile(r"^● (API Error: .*)")
_PERMISSION: Final = re.compile(r"Do you want to ")
_FOLDED: Final = re.compile(r"\[Pasted text #\d+(?: \+(\d+) lines)?\]")
_HINT: Final = re.compile(r'Press up to edit queued messages|Try "[^\n]*"')
"""What an empty box may show. Taken for empty while a human typed just that, it does no harm: the text pasted behind
it is then not alone, and never sent."""


@dataclass(frozen=True, slots=True)
class _Bottom:
    """The screen cut at its last rules: the turn above, then either a prompt box with its hints, or a dialog."""

    turn: list[str]
    hints: str
    dialog: str
    draft: str = ""


def read_screen(screen: str, title: str, now: float) -> Reading | None:
    """What the pane's text and title tell; None when the bottom is neither a prompt box nor a dialog."""
    bottom = _cut(screen)
    if bottom is None:
        return None
    if bottom.dialog:
        return _dialog(bottom, screen, now)
    if why := _work(bottom, title):
        return Reading(Activity.WORKING, f"screen: {why}")
    return _at_rest(bottom, now)


def read_composer(screen: str) -> Composer | None:
    """The draft in the prompt box; None where there is no box."""
    bottom = _cut(screen)
    if bottom is None or bottom.dialog:
        return None
    text = bottom.draft.strip()
    if _HINT.fullmatch(text):
        return Composer("")
    folded = _FOLDED.fullmatch(text)
    return Composer(text, lines=int(folded[1] or 0) if folded else None)


def _cut(screen: str) -> _Bottom | None:
    lines = screen.rstrip().split("\n")
    rules = [number for number, line in enumerate(lines) if _RULE.fullmatch(line)]
    if not rules:
        return None
    below = "\n".join(lines[rules[-1] + 1 :])
    if _OPTION.search(below):
        return _Bottom(_last_turn(lines[: rules[-1]]), hints="", dialog=below)
    if len(rules) == 1:
        return None
    above, between = lines[: rules[-2]], lines[rules[-2] + 1 : rules[-1]]
    if between and between[0].startswith(_PROMPT):
        draft = "\n".join(line[len(_PROMPT) + 1 :].rstrip() for line in between)
        return _Bottom(_last_turn(above), hints=below, dialog="", draft=draft)
    if _OPTION.search(boxed := "\n".join(between)):  # a named session draws a rule below some dialogs too
        return _Bottom(_last_turn(above), hints="", dialog=boxed)
    return None


def _last_turn(lines: list[str]) -> list[str]:
    """From the last prompt that was sent. A slash command the CLI ran by itself is not one."""
    starts = [
        number for number, line in enumerate(lines) if line.startswith(_PROMPT) and not line.startswith(f"{_PROMPT} /")
    ]
    return lines[starts[-1] + 1 :] if starts else lines


def _dialog(bottom: _Bottom, screen: str, now: float) -> Reading:
    words = " ".join(_POINTER.sub("", bottom.dialog).split())
    if _TRUST.search(bottom.dialog):
        return Reading(Activity.WAITING, "screen: trust dialog", dialog=Dialog(DialogKind.TRUST, words))
    if _LIMIT.search(bottom.dialog):
        limit = find_limit("\n".join(bottom.turn)) or find_limit(screen)
        until = reset_time(limit or "", now)
        dialog = Dialog(DialogKind.USAGE_LIMIT, words)
        return Reading(Activity.LIMITED, "screen: usage limit dialog", dialog=dialog, limited_until=until, error=limit)
    if _LOGIN.search(bottom.dialog):
        return Reading(Activity.WAITING, "screen: login dialog", dialog=Dialog(DialogKind.LOGIN, words))
    if _PERMISSION.search(bottom.dialog):
        return Reading(Activity.WAITING, "screen: permission dialog", dialog=Dialog(DialogKind.PERMISSION, words))
    return Reading(Activity.WAITING, "screen: dialog", dialog=Dialog(DialogKind.QUESTION, words))


def _work(bottom: _Bottom, title: str) -> str | None:
    """The sign of work, if any. No single one will do: a draft hides the hint, newer versions keep the title."""
    if "\u2800" <= title[:1] <= "\u28ff":
        return "the title spins"
    if "esc to interrupt" in bottom.hints:
        return "esc to interrupt"
    return "a spinner line" if any(_SPINNER.match(line) for line in bottom.turn) else None


def _at_rest(bottom: _Bottom, now: float) -> Reading:
    turn = "\n".join(bottom.turn)
    if limit := find_limit(turn):
        return Reading(Activity.LIMITED, "screen: usage limit", limited_until=reset_time(limit, now), error=limit)
    if login := _LOGIN.search(bottom.hints):
        return Reading(Activity.WAITING, "screen: not logged in", dialog=Dialog(DialogKind.LOGIN, login.group()))
    # A turn that is cancelled at once leaves no trace but its prompt, back in the box: what stands above is another's.
    last = [] if bottom.draft.strip() else bottom.turn
    errors = [found.group(1) for line in last if (found := _ERROR.match(line))]
    return Reading(Activity.IDLE, "screen: prompt", error=errors[-1] if errors else None)
