"""What a turn is made of. A turn is a generator: it yields these, and returns its reply."""

from collections.abc import Generator

__all__ = ["Ask", "Failed", "Line", "Talk", "Turn", "Work"]


class Work:
    """Be busy for so many seconds; ``retrying`` says for which attempt, where the API is to blame."""

    def __init__(self, seconds: float, *, retrying: str = "") -> None:
        self.seconds = seconds
        self.retrying = retrying


class Line:
    """Show text and go on."""

    def __init__(self, text: str) -> None:
        self.text = text


class Ask:
    """Show a dialog; the turn gets True for yes and False for no, and a no to a tool ends it as cancelled."""

    def __init__(self, lines: list[str], *, tool: str = "", tool_input: dict[str, object] | None = None) -> None:
        self.lines = lines
        self.tool = tool
        self.tool_input = tool_input or {}


class Talk:
    """Send a text to each of these agents at once; when the turn goes on, ``answers`` holds theirs in that order.

    Without ``wait`` it holds the messages' ids.
    """

    def __init__(self, names: list[str], text: str, *, wait: bool) -> None:
        self.names = names
        self.text = text
        self.wait = wait
        self.answers: list[str] = []


class Failed(Exception):
    """The turn ends with an error: its kind and words as StopFailure reports them, and a dialog that may follow."""

    def __init__(self, kind: str, words: str, *, then: Ask | None = None) -> None:
        super().__init__(words)
        self.kind = kind
        self.words = words
        self.then = then


Turn = Generator["Work | Line | Ask | Talk", "bool | None", str]
