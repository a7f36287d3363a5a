"""A conversation and its transcript, which is there from the first prompt on and outlives a kill -9."""

import json
import os
import time

__all__ = ["NoSuchSession", "Session", "new_id"]


class NoSuchSession(Exception):
    """There is no transcript of that id for this folder."""


def new_id() -> str:
    """A random UUID, made by hand: the uuid module takes a while to import."""
    digits = bytearray(os.urandom(16))
    digits[6] = digits[6] & 0x0F | 0x40
    digits[8] = digits[8] & 0x3F | 0x80
    text = digits.hex()
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


class Session:
    """One conversation in one folder; every message is in the file before anything is done about it."""

    def __init__(self, home: str, folder: str, session: str) -> None:
        self.id = session
        self.path = os.path.join(home, "projects", folder.replace("/", "-"), f"{session}.jsonl")
        self.messages: list[tuple[str, str]] = []

    @classmethod
    def resumed(cls, home: str, folder: str, session: str) -> "Session":
        """The conversation as its transcript has it; a last line that was cut off is left out.

        Raises:
            NoSuchSession: nobody has spoken to it yet, or it never was.
        """
        resumed = cls(home, folder, session)
        try:
            with open(resumed.path, "r+", encoding="utf-8") as file:
                *lines, cut_off = file.read().split("\n")
                file.truncate(file.seek(0, os.SEEK_END) - len(cut_off.encode()))
        except OSError:
            raise NoSuchSession(session) from None
        for line in lines:
            entry = json.loads(line)
            resumed.messages.append((entry["type"], entry["text"]))
        return resumed

    def add(self, speaker: str, text: str) -> None:
        """Append what ``user`` or ``assistant`` said."""
        self.messages.append((speaker, text))
        os.makedirs(os.path.dirname(self.path), mode=0o700, exist_ok=True)
        entry = {"type": speaker, "text": text, "timestamp": time.time(), "sessionId": self.id}
        with open(self.path, "a", encoding="utf-8") as file:
            file.write(json.dumps(entry, ensure_ascii=False) + "\n")

    def prompts(self) -> list[str]:
        """Everything the user said, oldest first."""
        return [text for speaker, text in self.messages if speaker == "user"]
