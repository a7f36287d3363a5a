"""Real agent CLIs from npm, each at the version whose screens are known, kept between runs."""

import fcntl
import os
import shutil
import subprocess
from pathlib import Path

CLAUDE = "2.1.197"
PACKAGES = {
    "claude": ("@anthropic-ai/claude-code", CLAUDE),
    "codex": ("@openai/codex", "0.169.0"),
    "gemini": ("@google/gemini-cli", "0.61.0"),
    "opencode": ("opencode-ai", "1.18.33"),
}
ATTEMPTS = 3


def cache() -> Path:
    """Where they are kept: ORCHESTRATOR_TEST_CACHE, else the user's cache folder."""
    given = os.environ.get("ORCHESTRATOR_TEST_CACHE")
    root = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return Path(given) if given else root / "orchestratord-tests"


def missing(name: str = "claude") -> str:
    """What this machine lacks for installing; "" when it has all, or when everything is installed."""
    return "" if _program_in(_folder(name), name).exists() or shutil.which("npm") else "npm not installed"


def claude() -> Path:
    """The program of the pinned Claude Code."""
    return program("claude")


def program(name: str) -> Path:
    """The program of a pinned CLI, installed when it is not there yet.

    Raises:
        AssertionError: npm could not install it; the message holds its words.
    """
    folder = _folder(name)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with folder.with_name(f"{folder.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        path = _program_in(folder, name)
        if not path.exists():
            _install(folder, "@".join(PACKAGES[name]))
        return path


def _folder(name: str) -> Path:
    return cache() / f"{name}-{PACKAGES[name][1]}"


def _program_in(folder: Path, name: str) -> Path:
    return folder / "node_modules" / ".bin" / name


def _install(folder: Path, package: str) -> None:
    """Into a folder beside, which takes its name only once it is whole."""
    said = ""
    for _ in range(ATTEMPTS):
        fresh = folder.with_name(f"{folder.name}.new")
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir()
        argv = ["npm", "install", "--no-audit", "--no-fund", "--prefix", str(fresh), package]
        done = subprocess.run(argv, capture_output=True, text=True, check=False, timeout=600)
        # Newer npm does not run install scripts by itself; this one links the native program into place.
        script = fresh / "node_modules" / "@anthropic-ai" / "claude-code" / "install.cjs"
        if done.returncode == 0 and script.exists():
            done = subprocess.run(["node", str(script)], capture_output=True, text=True, check=False, timeout=120)
        said = done.stdout + done.stderr
        if done.returncode == 0:
            shutil.rmtree(folder, ignore_errors=True)
            fresh.rename(folder)
            return
    raise AssertionError(f"npm could not install {package}: {said}")
