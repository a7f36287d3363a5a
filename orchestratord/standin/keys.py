"""From the terminal's bytes to keys, typed text and pastes."""

import codecs
import re

__all__ = ["Key", "KeyReader", "Paste", "Typed"]

_PASTE_BEGINS = "\x1b[200~"
_PASTE_ENDS = "\x1b[201~"
_SEQUENCE = re.compile(r"\x1b(?:\[[0-9;?<]*[A-Za-z~]|O[A-Za-z])")
_BEGUN_SEQUENCE = re.compile(r"\x1b(?:\[[0-9;?<]*|O)?")
_CONTROLS = {
    "\r": "enter",
    "\x03": "ctrl-c",
    "\x04": "ctrl-d",
    "\x08": "backspace",
    "\x15": "ctrl-u",
    "\x7f": "backspace",
    "\x1b[A": "up",
    "\x1b[B": "down",
}


class Key(str):
    """A key by its name, such as ``enter``, ``escape`` or ``ctrl-c``; "" for one that means nothing here."""

    __slots__ = ()


class Typed(str):
    """Characters as from a keyboard; those that came in one piece come as one."""

    __slots__ = ()


class Paste(str):
    """A bracketed paste, whole."""

    __slots__ = ()


class KeyReader:
    """Takes bytes in any portions. A lone Esc may be the beginning of more: ``flush`` when no more came."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._text = ""
        self._pasting = False

    @property
    def unsure(self) -> bool:
        """Whether an Esc waits for what may follow."""
        return not self._pasting and self._text.startswith("\x1b")

    def feed(self, data: bytes) -> list[Key | Typed | Paste]:
        """What these bytes complete."""
        self._text += self._decoder.decode(data)
        events: list[Key | Typed | Paste] = []
        while self._text:
            event = self._next()
            if event is None:
                break
            events.append(event)
        return events

    def flush(self) -> list[Key | Typed | Paste]:
        """The Esc was a key of its own."""
        self._text = self._text[1:]
        return [Key("escape"), *self.feed(b"")]

    def _next(self) -> Key | Typed | Paste | None:
        if self._pasting:
            return self._paste()
        if self._text.startswith(_PASTE_BEGINS):
            self._pasting = True
            self._text = self._text[len(_PASTE_BEGINS) :]
            return self._paste()
        if self._text[0] == "\x1b":
            return self._escape()
        if (self._text[0] < " " and self._text[0] != "\n") or self._text[0] == "\x7f":
            control, self._text = self._text[0], self._text[1:]
            return Key(_CONTROLS.get(control, ""))
        end = next((at for at, c in enumerate(self._text) if (c < " " and c != "\n") or c == "\x7f"), len(self._text))
        typed, self._text = self._text[:end], self._text[end:]
        return Typed(typed)

    def _paste(self) -> Paste | None:
        text, end, rest = self._text.partition(_PASTE_ENDS)
        if not end:
            return None
        self._pasting = False
        self._text = rest
        return Paste(text.replace("\r\n", "\n").replace("\r", "\n"))

    def _escape(self) -> Key | None:
        if found := _SEQUENCE.match(self._text):
            self._text = self._text[found.end() :]
            return Key(_CONTROLS.get(found.group(), ""))
        if _BEGUN_SEQUENCE.fullmatch(self._text):
            return None
        self._text = self._text[1:]
        return Key("escape")
