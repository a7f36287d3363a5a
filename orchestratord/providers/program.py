"""Finding the program of an agent CLI before anything is started."""

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from orchestratord.providers.base import CannotLaunch, ExitCause

__all__ = ["find_program"]


def find_program(name: str, env: Mapping[str, str], work_dir: Path, *, hint: str = "") -> str:
    """The absolute path of a program, searched in the agent's own PATH, or the daemon's.

    Raises:
        CannotLaunch: it is not there, or not executable.
    """
    path = env.get("PATH", os.environ.get("PATH", os.defpath))
    wanted = str(work_dir / name) if "/" in name else name
    if found := shutil.which(wanted, path=path):
        return found
    where = "is not there, or not executable" if "/" in name else f"is not in the agent's PATH ({path})"
    raise CannotLaunch(f"the program {name} {where}", cause=ExitCause.MISSING_BINARY, hint=hint)
