"""From a prompt to a turn: what the stand-in does when it is told so. Its manual is in ``options``."""

import os
import re
import sys
from collections.abc import Callable

from orchestratord.standin import mischief, telemetry
from orchestratord.standin.letter import text_of
from orchestratord.standin.session import Session
from orchestratord.standin.turn import Ask, Failed, Line, Talk, Turn, Work

__all__ = ["TRUST", "turn"]

TRUST = [
    " Accessing workspace:",
    "",
    " Quick safety check: Is this a project you created or one you trust?",
    "",
    " ❯ 1. Yes, I trust this folder",
    "   2. No, exit",
    "",
    " Enter to confirm · Esc to cancel",
]
_LIMIT = [
    "  What do you want to do?",
    "",
    "  ❯ 1. Stop and wait for limit to reset",
    "    2. Upgrade your plan",
    "",
    "  Enter to confirm · Esc to cancel",
]
_ERRORS = {401: "authentication_failed", 429: "rate_limit"}
_TALKING = r"(send|ask|split) (?!trust\b)"


def turn(prompt: str, session: Session) -> Turn:
    """The turn that answers a prompt, or the message that it brings."""
    text = text_of(prompt)
    parts = _parts(text)
    if _act(parts[0]) is None and (otherwise := os.environ.get("STANDIN_OTHERWISE")):
        parts = [part.replace("{}", text) for part in _parts(otherwise)]
    reply = ""
    for part in parts:
        reply = yield from _part(part, session)
    return reply


def _parts(text: str) -> list[str]:
    """What is to be done, one thing after another; a text for somebody else is theirs to the end."""
    parts: list[str] = []
    while not re.match(_TALKING, text.strip(), re.IGNORECASE) and ", then " in text:
        part, text = text.split(", then ", 1)
        parts.append(part)
    return [*parts, text]


def _act(part: str) -> "Turning | None":
    for pattern, act in _ACTS:
        if found := re.fullmatch(pattern, part.strip(), re.IGNORECASE | re.DOTALL):
            return lambda session: act(found, session)
    return None


def _part(part: str, session: Session) -> Turn:
    act = _act(part)
    did = act(session) if act else f"You said: {part}"
    return did if isinstance(did, str) else (yield from did)


def _say(found: re.Match[str], _: Session) -> str:
    return found[1]


def _work(found: re.Match[str], _: Session) -> Turn:
    yield Work(float(found[1]))
    return f"Worked for {found[1]}s."


def _recall(_: re.Match[str], session: Session) -> str:
    return "You said: " + " | ".join(session.prompts()[:-1])


def _permission(found: re.Match[str], _: Session) -> Turn:
    tool, command = found[1], found[2] or "true"
    question = [
        f" {tool} command",
        "",
        f"   {command}",
        "",
        " Do you want to proceed?",
        " ❯ 1. Yes",
        "   2. Yes, and don't ask again",
        "   3. No",
        "",
        " Esc to cancel · Tab to amend",
    ]
    yield Line(f"● {tool}({command})")
    allowed = yield Ask(question, tool=tool, tool_input={"command": command, "description": "What the user asked for"})
    if not allowed:
        yield Line("  ⎿  Denied")
        return "The tool was not allowed to run."
    yield Line("  ⎿  Done")
    return "The tool has run."


def _limit(found: re.Match[str], _: Session) -> str:
    raise Failed("rate_limit", f"You've hit your session limit · resets {found[1]}", then=Ask(_LIMIT))


def _api_error(found: re.Match[str], _: Session) -> str:
    status = int(found[1] or 400)
    raise Failed(_ERRORS.get(status, "server_error"), f"API Error: {status} said the stand-in")


def _retry(found: re.Match[str], _: Session) -> Turn:
    attempts = int(found[1] or 3)
    for attempt in range(1, attempts + 1):
        yield Work(1.0, retrying=f"attempt {attempt}/10")
    return f"Answered after {attempts} retries."


def _trust(_: re.Match[str], __: Session) -> Turn:
    trusted = yield Ask(TRUST)
    if not trusted:
        sys.exit(1)
    return "This folder is trusted."


def _send(found: re.Match[str], _: Session) -> Turn:
    talk = Talk([found[1]], found[2], wait=False)
    yield talk
    return f"Sent to {found[1]}: {talk.answers[0]}"


def _ask(found: re.Match[str], _: Session) -> Turn:
    talk = Talk([found[1]], found[2], wait=True)
    yield talk
    return talk.answers[0]


def _split(found: re.Match[str], _: Session) -> Turn:
    talk = Talk(found[1].split(","), found[2], wait=True)
    yield talk
    return "\n".join(f"{name}: {answer}" for name, answer in zip(talk.names, talk.answers, strict=True))


def _crash(found: re.Match[str], _: Session) -> str:
    sys.stderr.write("Error: told to crash\r\n")
    sys.exit(int(found[1] or 1))


def _hang(_: re.Match[str], __: Session) -> str:
    mischief.hang()
    return ""


def _ignore(found: re.Match[str], _: Session) -> str:
    return f"Ignoring {', '.join(mischief.ignore(found[1].split())) or 'nothing'}."


def _children(_: re.Match[str], __: Session) -> str:
    return f"Left a child, {mischief.leave_children()}, and one that nobody owns."


def _print(found: re.Match[str], _: Session) -> Turn:
    for piece in mischief.lines_of(float(found[1])):
        yield Line(piece)
    return f"Printed {found[1]} MB."


def _use(found: re.Match[str], _: Session) -> str:
    telemetry.use(int(found[1]))
    return f"Used {found[1]} tokens."


_eaten: list[bytearray] = []


def _eat(found: re.Match[str], _: Session) -> str:
    _eaten.append(bytearray(b"\x01") * int(float(found[1]) * 1_000_000))
    return f"Ate {found[1]} MB."


def _spin(found: re.Match[str], _: Session) -> str:
    mischief.busy(float(found[1]))
    return f"Spun for {found[1]}s."


Turning = Callable[[Session], "Turn | str"]

_ACTS: list[tuple[str, Callable[[re.Match[str], Session], Turn | str]]] = [
    (r"say (.+)", _say),
    (r"work ([\d.]+)s?", _work),
    (r"recall", _recall),
    (r"dialog permission (\S+)(?: (.+))?", _permission),
    (r"limit until (.+)", _limit),
    (r"api error(?: (\d+))?", _api_error),
    (r"retry(?: (\d+))?", _retry),
    (r"ask trust", _trust),
    (r"send (\S+) (.+)", _send),
    (r"ask (\S+) (.+)", _ask),
    (r"split (\S+) (.+)", _split),
    (r"crash(?: (\d+))?", _crash),
    (r"hang", _hang),
    (r"ignore (.+)", _ignore),
    (r"leave children", _children),
    (r"use tokens (\d+)", _use),
    (r"print ([\d.]+) ?MB?", _print),
    (r"eat memory ([\d.]+) ?(?:MB?)?", _eat),
    (r"spin ([\d.]+)s?", _spin),
]
