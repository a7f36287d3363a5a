"""A HOME in which Claude Code starts without asking: onboarded, its key approved, the work folder trusted."""

import json
from pathlib import Path
from typing import Any

KEY = "sk-ant-dummy-key-that-opens-nothing-0000"
SETTLED = {
    "DISABLE_TELEMETRY": "1",
    "DISABLE_AUTOUPDATER": "1",
    "DISABLE_ERROR_REPORTING": "1",
    "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1",
    "CLAUDE_CODE_MAX_RETRIES": "1",
}


def furnish(home: Path, version: str, *trusted: Path) -> None:
    """Write HOME/.claude.json; folders that are not ``trusted`` meet the trust dialog."""
    settings: dict[str, Any] = {
        "hasCompletedOnboarding": True,
        "lastOnboardingVersion": version,
        "theme": "dark",
        "customApiKeyResponses": {"approved": [KEY[-20:]], "rejected": []},
        "bypassPermissionsModeAccepted": True,
        "projects": {str(folder): {"hasTrustDialogAccepted": True} for folder in trusted},
    }
    home.mkdir(parents=True, exist_ok=True)
    (home / ".claude.json").write_text(json.dumps(settings))


def environment(home: Path, url: str) -> dict[str, str]:
    """What the CLI needs to know of the stub."""
    return {"HOME": str(home), "ANTHROPIC_BASE_URL": url, "ANTHROPIC_API_KEY": KEY, **SETTLED}
