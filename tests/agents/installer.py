"""Real agent CLIs from npm, each at the version whose screens are known, kept between runs."""

import fcntl
import os
import shutil
import subprocess
from pathlib import Path

CLAUDE = "2.1.197"
ATTEMPTS = 3


def cache() -> Path:
    """Where they are kept: ORCHESTRATOR_TEST_CACHE, else the user's cache folder."""
    given = os.environ.get("ORCHESTRATOR_TEST_CACHE")
    root = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return Path(given) if given else root / "orchestratord-tests"


def missing() -> str:
    """What this machine lacks for installing; "" when it has all, or when everything is installed."""
    return "" if _claude_in(_folder()).exists() or shutil.which("npm") else "npm not installed"


def claude() -> Path:
    """The program of the pinned Claude Code, installed when it is not there yet.

    Raises:
        AssertionError: npm could not install it; the message holds its words.
    """
    folder = _folder()
    folder.parent.mkdir(parents=True, exist_ok=True)
    with folder.with_name(f"{folder.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        program = _claude_in(folder)
        if not program.exists():
            _install(folder, f"@anthropic-ai/claude-code@{CLAUDE}")
        return program


def _folder() -> Path:
    return cache() / f"claude-{CLAUDE}"


def _claude_in(folder: Path) -> Path:
    return folder / "node_modules" / ".bin" / "claude"


def _install(folder: Path, package: str) -> None:
    """Into a folder beside, which takes its name only once it is whole."""
    said = ""
    for _ in range(ATTEMPTS):
        fresh = folder.with_name(f"{folder.name}.new")
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir()
        argv = ["npm", "install", "--no-audit", "--no-fund", "--prefix", str(fresh), package]
        done = subprocess.run(argv, capture_output=True, text=True, check=False, timeout=600)
        if done.returncode == 0:
            # Newer npm does not run install scripts by itself; this one links the native program into place.
            script = fresh / "node_modules" / "@anthropic-ai" / "claude-code" / "install.cjs"
            done = subprocess.run(["node", str(script)], capture_output=True, text=True, check=False, timeout=120)
        said = done.stdout + done.stderr
        if done.returncode == 0:
            shutil.rmtree(folder, ignore_errors=True)
            fresh.rename(folder)
            return
    raise AssertionError(f"npm could not install {package}: {said}")
