"""Screens as they were captured: a file's first line is the pane's title, the rest what the pane showed."""

from pathlib import Path


def captured(folder: Path, name: str) -> tuple[str, str]:
    """A captured screen and its title."""
    title, _, screen = (folder / f"{name}.txt").read_text(encoding="utf-8").partition("\n")
    return screen, title.removeprefix("title: ")
