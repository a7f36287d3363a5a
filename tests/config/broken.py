"""Reads broken.txt, and lays the files beside a configuration that its cases speak of."""

import re
from dataclasses import dataclass, field
from pathlib import Path

_BOOK = Path(__file__).with_name("broken.txt")


@dataclass
class Case:
    title: str
    environ: dict[str, str] = field(default_factory=dict)
    encoding: str = "utf-8"
    lines: list[str] = field(default_factory=list)
    says: list[str] = field(default_factory=list)

    @property
    def file(self) -> bytes:
        text = re.sub(r"[␀-␟]", lambda found: chr(ord(found[0]) - 0x2400), "".join(f"{line}\n" for line in self.lines))
        return text.encode(self.encoding)


def cases() -> list[Case]:
    found: list[Case] = []
    saying = False
    for line in _BOOK.read_text(encoding="utf-8").splitlines():
        if line.startswith("=== "):
            found.append(Case(line[4:]))
            saying = False
        elif not found:
            continue
        elif line.startswith("--- environment "):
            name, _, value = line.removeprefix("--- environment ").partition("=")
            found[-1].environ[name] = value
        elif line.startswith("--- encoding "):
            found[-1].encoding = line.removeprefix("--- encoding ")
        elif line == "--- says":
            saying = True
        elif saying:
            found[-1].says += [line] if line else []
        else:
            found[-1].lines.append(line)
    return found


def furnish(folder: Path) -> None:
    for name, content in {
        "personalities/grand_boss.txt": b"You are the boss.\n",
        "personalities/empty.txt": b" \n",
        "personalities/sjis.txt": "統括".encode("shift_jis"),
        "tls/cert.pem": b"-----BEGIN CERTIFICATE-----\n",
        "tls/key.pem": b"-----BEGIN PRIVATE KEY-----\n",
        "tls/none.pem": b"hello\n",
        "secrets/hook": b"https://hooks.slack.example/T0/B0/from-a-file\n",
        "secrets/word": b"hunter2\n",
        "secrets/empty": b"\n",
        "project/readme": b"",
    }.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
