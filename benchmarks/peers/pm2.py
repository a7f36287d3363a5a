"""pm2, from npm, installed once below ~/.cache."""

import json
import os
import subprocess
from pathlib import Path
from typing import Final, Self

_VERSION: Final = "7.0.4"
_HOME: Final = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / f"orchestratord-bench/pm2-{_VERSION}"


class Pm2:
    """The pm2 daemon with ``count`` applications in fork mode."""

    name = "pm2"

    def __init__(self, folder: Path, argv: list[str], count: int) -> None:
        self._folder = folder
        self._environment = {**os.environ, "PM2_HOME": str(folder / "pm2"), "PM2_DISABLE_VERSION_CHECK": "true"}
        program, *arguments = argv
        applications = [
            {"name": f"p{n}", "script": program, "args": arguments, "interpreter": "none", "autorestart": True}
            for n in range(count)
        ]
        (folder / "apps.json").write_text(json.dumps({"apps": applications}))

    def __enter__(self) -> Self:
        if not (_HOME / "node_modules/.bin/pm2").exists():
            _HOME.mkdir(parents=True, exist_ok=True)
            subprocess.run(["npm", "install", "--silent", f"pm2@{_VERSION}"], cwd=_HOME, check=True)
        self._pm2("start", str(self._folder / "apps.json"))
        return self

    def _pm2(self, *words: str) -> None:
        subprocess.run(
            [_HOME / "node_modules/.bin/pm2", *words], env=self._environment, check=True, stdout=subprocess.DEVNULL
        )

    def __exit__(self, *exception: object) -> None:
        self._pm2("kill")

    @property
    def pid(self) -> int:
        return int((self._folder / "pm2/pm2.pid").read_text())

    def status_argv(self) -> tuple[list[str], dict[str, str]]:
        return [str(_HOME / "node_modules/.bin/pm2"), "status"], self._environment
