"""Supervisor, from PyPI."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Self

from tests.wait import until


class Supervisord:
    """supervisord with ``count`` programs that it always restarts."""

    name = "supervisord"

    def __init__(self, folder: Path, argv: list[str], count: int) -> None:
        self._file = folder / "supervisord.conf"
        programs = "".join(
            f"[program:p{n}]\ncommand={' '.join(argv)}\nautorestart=true\nstartsecs=0\n" for n in range(count)
        )
        self._file.write_text(
            f"[unix_http_server]\nfile={folder}/s.sock\n[supervisord]\nnodaemon=true\nlogfile={folder}/s.log\n"
            f"pidfile={folder}/s.pid\n[rpcinterface:supervisor]\n"
            "supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface\n"
            f"[supervisorctl]\nserverurl=unix://{folder}/s.sock\n{programs}"
        )
        self._daemon: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self._daemon = subprocess.Popen(
            [self._program("supervisord"), "-c", str(self._file)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        argv, environment = self.status_argv()
        until(lambda: "RUNNING" in subprocess.run(argv, env=environment, capture_output=True, text=True).stdout)
        return self

    def __exit__(self, *exception: object) -> None:
        assert self._daemon is not None
        self._daemon.terminate()
        self._daemon.wait(20)

    @property
    def pid(self) -> int:
        assert self._daemon is not None
        return self._daemon.pid

    def status_argv(self) -> tuple[list[str], dict[str, str]]:
        return [self._program("supervisorctl"), "-c", str(self._file), "status"], dict(os.environ)

    @staticmethod
    def _program(name: str) -> str:
        return str(Path(sys.executable).with_name(name))
