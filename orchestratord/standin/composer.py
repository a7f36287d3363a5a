"""What stands in the prompt box. Long text is folded to ``[Pasted text #1 +19 lines]`` and sent whole."""

__all__ = ["Composer"]

_LONGEST_SHOWN = 800
"""Characters; more than that, or more than two line breaks, is folded."""
_ONE_BURST = 0.1
"""Seconds: what follows so soon comes from no hand, and counts as pasted together with what came before."""


class _Piece:
    """A stretch of the text, folded when it has a number."""

    def __init__(self, text: str, number: int = 0) -> None:
        self.text = text
        self.number = number

    def shown(self) -> str:
        if not self.number:
            return self.text
        lines = self.text.count("\n")
        return f"[Pasted text #{self.number} +{lines} lines]" if lines else f"[Pasted text #{self.number}]"


class Composer:
    """Times are monotonic seconds and handed in."""

    def __init__(self) -> None:
        self._pieces: list[_Piece] = []
        self._folded = 0
        self._burst: _Piece | None = None
        self._last = float("-inf")

    @property
    def empty(self) -> bool:
        """Whether nothing stands there."""
        return not self._pieces

    def shown(self) -> str:
        """The text as the box shows it."""
        return "".join(piece.shown() for piece in self._pieces)

    def type(self, text: str, now: float) -> None:
        """Characters came in, from a hand or in a burst."""
        if self._burst is None or not self._in_burst(now):
            self._burst = _Piece("")
            self._pieces.append(self._burst)
        self._burst.text += text
        self._last = now
        self._fold(self._burst)

    def paste(self, text: str) -> None:
        """A bracketed paste came in."""
        piece = _Piece(text)
        self._pieces.append(piece)
        self._burst = None
        self._fold(piece)

    def backspace(self) -> None:
        """Remove the last character, or the last folded piece as a whole."""
        self._burst = None
        if not self._pieces:
            return
        last = self._pieces[-1]
        if last.number or len(last.text) <= 1:
            self._pieces.pop()
        else:
            last.text = last.text[:-1]

    def erase(self, text: str) -> None:
        """Take back what was typed, wherever it stands."""
        self._pieces = [piece for piece in self._pieces if piece.text != text]
        self._burst = None

    def clear(self) -> None:
        """Remove everything."""
        self._pieces.clear()
        self._burst = None

    def enter(self, now: float) -> str | None:
        """The whole text, which leaves the box; None where the Enter is lost in a large burst without brackets."""
        if self._burst is not None and self._burst.number and self._in_burst(now):
            self._burst.text += "\n"
            return None
        text = "".join(piece.text for piece in self._pieces).rstrip("\n")
        self.clear()
        return text

    def _in_burst(self, now: float) -> bool:
        return now - self._last <= _ONE_BURST

    def _fold(self, piece: _Piece) -> None:
        if not piece.number and (len(piece.text) > _LONGEST_SHOWN or piece.text.count("\n") > 2):
            self._folded += 1
            piece.number = self._folded
