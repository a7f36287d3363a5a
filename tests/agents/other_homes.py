"""HOMEs in which codex, gemini and opencode start without asking, and the environment that shows them the stub."""

import json
from pathlib import Path
from typing import Any

KEY = "a-dummy-key-that-opens-nothing"

CODEX = """
model = "stub"
model_provider = "stub"
check_for_update_on_startup = false

[model_providers.stub]
name = "Stub"
base_url = "{url}/v1"
wire_api = "responses"
env_key = "STUB_API_KEY"
request_max_retries = 0
stream_max_retries = 0

[projects."{work}"]
trust_level = "trusted"
"""

GEMINI: dict[str, Any] = {
    "security": {"auth": {"selectedType": "gemini-api-key"}, "folderTrust": {"enabled": False}},
    "general": {"enableAutoUpdate": False},
    "privacy": {"usageStatisticsEnabled": False},
}


def furnish(name: str, home: Path, work: Path, url: str) -> None:
    """Write the settings of the CLI of that name."""
    match name:
        case "codex":
            _write(home / ".codex" / "config.toml", CODEX.format(url=url, work=work))
        case "gemini":
            _write(home / ".gemini" / "settings.json", json.dumps(GEMINI))


def environment(name: str, home: Path, url: str) -> dict[str, str]:
    """What the CLI needs to know of the stub."""
    about = {
        "codex": {"STUB_API_KEY": KEY},
        "gemini": {"GEMINI_API_KEY": KEY, "GOOGLE_GEMINI_BASE_URL": url},
    }
    return {"HOME": str(home), **about[name]}


def arguments(name: str) -> list[str]:
    """What it is started with beside our own."""
    return ["-m", "gemini-2.5-flash"] if name == "gemini" else []


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
