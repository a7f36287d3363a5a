"""The client: within the test, as a process with pipes, or on a terminal of its own."""

import io
import os
import pty
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from orchestratorctl.__main__ import main
from tests.wait import until

__all__ = ["Ended", "OnTerminal", "argv", "ask", "run"]


def argv(*words: str) -> list[str]:
    """How the client is started."""
    return [sys.executable, "-m", "orchestratorctl", *words]


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    returncode: int
    stdout: str
    stderr: str


def ask(*words: str) -> Ended:
    """Carry out a command line within this process, which is quicker, where neither signals nor streams matter."""
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="") for _ in range(2))
    with redirect_stdout(out), redirect_stderr(err):
        status = main(words)
    return Ended(status, *(stream.buffer.getvalue().decode() for stream in (out, err)))


def run(
    *words: str, environment: Mapping[str, str] | None = None, **options: Any
) -> "subprocess.CompletedProcess[str]":
    """Run the client off a terminal until it ends."""
    settings = {"capture_output": True, "text": True, "timeout": 60, "stdin": subprocess.DEVNULL, **options}
    return subprocess.run(argv(*words), env={**os.environ, **(environment or {})}, check=False, **settings)


class OnTerminal:
    """The client on a terminal of 100 columns and 30 lines."""

    def __init__(self, *words: str, environment: Mapping[str, str] | None = None) -> None:
        size = {"COLUMNS": "100", "LINES": "30", "TERM": "xterm"}
        self._master, slave = pty.openpty()
        self._seen = bytearray()
        self.process = subprocess.Popen(
            argv(*words),
            env={**os.environ, **size, **(environment or {})},
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
        )
        os.close(slave)
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        while True:
            try:
                self._seen += os.read(self._master, 4096)
            except OSError:
                # How a terminal says that its last program has ended.
                return

    @property
    def seen(self) -> str:
        """Everything written to the terminal so far."""
        return bytes(self._seen).decode(errors="replace").replace("\r\n", "\n")

    def see(self, text: str) -> None:
        """Wait until the terminal has shown the text."""
        until(lambda: text in self.seen, what=f"{text!r} in {self.seen!r}")

    def enter(self, text: str) -> None:
        os.write(self._master, text.encode())

    def interrupt(self) -> None:
        self.process.send_signal(signal.SIGINT)

    def end(self) -> int:
        """Wait for its end; the exit status."""
        status = self.process.wait(60)
        self._reader.join(60)
        return status

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.end()
        os.close(self._master)
