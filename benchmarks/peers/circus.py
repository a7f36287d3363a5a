"""circus, from PyPI."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Self

from tests.wait import until


class Circus:
    """circusd with ``count`` watchers of one process."""

    name = "circus"

    def __init__(self, folder: Path, argv: list[str], count: int) -> None:
        self._folder = folder
        self._endpoint = f"ipc://{folder}/c.sock"
        watchers = "".join(f"[watcher:p{n}]\ncmd={' '.join(argv)}\nnumprocesses=1\n" for n in range(count))
        (folder / "circus.ini").write_text(
            f"[circus]\nendpoint={self._endpoint}\npubsub_endpoint=ipc://{folder}/p.sock\n{watchers}"
        )
        self._daemon: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self._daemon = subprocess.Popen(
            [self._program("circusd"), str(self._folder / "circus.ini")],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        argv, environment = self.status_argv()
        until(lambda: "active" in subprocess.run(argv, env=environment, capture_output=True, text=True).stdout)
        return self

    def __exit__(self, *exception: object) -> None:
        assert self._daemon is not None
        subprocess.run([self._program("circusctl"), "--endpoint", self._endpoint, "quit"], stdout=subprocess.DEVNULL)
        self._daemon.wait(60)

    @property
    def pid(self) -> int:
        assert self._daemon is not None
        return self._daemon.pid

    def status_argv(self) -> tuple[list[str], dict[str, str]]:
        return [self._program("circusctl"), "--endpoint", self._endpoint, "status"], dict(os.environ)

    @staticmethod
    def _program(name: str) -> str:
        return str(Path(sys.executable).with_name(name))
