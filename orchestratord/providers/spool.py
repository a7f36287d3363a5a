"""What hooks could not report while no daemon answered."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

__all__ = ["SpooledReport", "take_spooled"]


@dataclass(frozen=True, slots=True)
class SpooledReport:
    """One hook's report: whose, of which launch, when (Unix seconds), and the hook's JSON."""

    agent: str
    launch: str
    at: float
    payload: Mapping[str, Any]

    @classmethod
    def parse(cls, name: str, text: str) -> Self | None:
        """From a spooled file's name and text; None when it is no report."""
        try:
            at = int(name.partition("-")[0]) / 1e6
            parameters = json.loads(text)["params"]
            agent, launch, payload = parameters["agent"], parameters["launch"], parameters["payload"]
        except (ValueError, KeyError, TypeError):
            return None
        return cls(str(agent), str(launch), at, payload) if isinstance(payload, dict) else None


def take_spooled(spool: Path) -> list[SpooledReport]:
    """Everything that waits in the spool, oldest first; it is gone from there afterwards. Blocking: use a thread.

    Call it at adoption, before the first live report is believed. What is half written (``*.part``) is left alone.
    """
    try:
        paths = sorted(spool.glob("*.json"))
    except OSError:
        return []
    reports = []
    for path in paths:
        try:
            text = path.read_text(encoding="utf-8", errors="replace")
            path.unlink()
        except OSError:
            continue
        if report := SpooledReport.parse(path.name, text):
            reports.append(report)
    return reports
