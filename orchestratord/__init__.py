"""The daemon that runs a cluster of interactive AI coding agents in tmux."""

from typing import Final

__all__ = ["__version__"]

__version__: Final = "0.1.0"
