"""What a benchmark needs of a supervisor."""

from pathlib import Path
from typing import Protocol


class Peer(Protocol):
    """A supervisor that runs a number of equal programs; made with a folder of its own, used as a context manager."""

    name: str

    def __init__(self, folder: Path, argv: list[str], count: int) -> None: ...

    def __enter__(self) -> "Peer": ...

    def __exit__(self, *exception: object) -> None: ...

    @property
    def pid(self) -> int:
        """The supervisor's own process."""
        ...

    def status_argv(self) -> tuple[list[str], dict[str, str]]:
        """The command (and its environment) with which a person asks for the state of all."""
        ...
