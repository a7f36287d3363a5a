"""Nothing is destroyed unasked: the question names what dies."""

import sys
from collections.abc import Sequence

from orchestratorctl.console import Console
from orchestratorctl.exits import Exit
from orchestratorctl.faults import NotConfirmed
from orchestratorctl.printable import one_line

__all__ = ["confirm"]


def confirm(console: Console, deed: str, victims: Sequence[str]) -> None:
    """Ask on the terminal whether to do the deed to these victims; return only for a yes.

    Without victims there is nothing to ask. Raises NotConfirmed: with 1 when the answer is no,
    with 2 when there is no terminal to ask on.
    """
    if not victims:
        return
    names = ", ".join(one_line(victim) for victim in victims)
    if sys.stdin is None or not sys.stdin.isatty() or not console.err_is_terminal:
        raise NotConfirmed(
            f"{deed} {names}; it needs a confirmation, and there is no terminal to ask on",
            hint="Say it with --yes.",
            exit_status=Exit.USAGE,
        )
    console.complain(f"{deed} {names}.")
    if console.ask("Do it? [y/N] ").strip().lower() not in {"y", "yes"}:
        raise NotConfirmed("nothing was done", exit_status=Exit.FAILED)
