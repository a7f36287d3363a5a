"""What panes, agents and files say is hostile text: nothing of it may steer the terminal it is shown on."""

import re
from typing import Final

__all__ = ["escape_json", "one_line", "plain", "width_of"]

_SEQUENCES: Final = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]"  # CSI: colours, cursor, modes
    r"|\x1b[\]PX^_][^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c|$)"  # OSC, DCS, SOS, PM, APC, up to their end
    r"|\x1b[ -/]*[0-~]"  # two and three character escapes
    r"|\x9b[0-?]*[ -/]*[@-~]"  # CSI in one character
)
_RETURNS: Final = re.compile(r"\r+(?=\n|\Z)")
"""What a terminal's line ends have before the newline."""
_STEERING: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
_STEERING_IN_JSON: Final = re.compile("[\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def plain(text: str) -> str:
    """Without escape sequences; any other character that steers is written out in hex. Newlines and tabs stay."""
    text = _SEQUENCES.sub("", _RETURNS.sub("", text))
    return _STEERING.sub(_visible, text)


def one_line(text: str) -> str:
    """The same for a cell of a table: line ends and tabs become spaces."""
    return " ".join(plain(text).split())


def escape_json(document: str) -> str:
    """JSON as ``json.dumps`` wrote it, with what still steers a terminal escaped as JSON does."""
    return _STEERING_IN_JSON.sub(lambda found: f"\\u{ord(found[0]):04x}", document)


def width_of(text: str) -> int:
    """How many columns of a terminal the text takes."""
    if text.isascii():
        return len(text)
    import unicodedata

    wide = sum(unicodedata.east_asian_width(character) in "WF" for character in text)
    return len(text) + wide - sum(unicodedata.combining(character) != 0 for character in text)


def _visible(found: re.Match[str]) -> str:
    code = ord(found[0])
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"
