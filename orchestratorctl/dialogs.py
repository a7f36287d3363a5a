"""Answering an agent's dialog: what is answered is what was seen, or nothing."""

import sys
from typing import Annotated

import typer

from orchestratorctl.cluster_view import agents_answer
from orchestratorctl.exits import Exit
from orchestratorctl.faults import NotConfirmed
from orchestratorctl.invocation import Invocation
from orchestratorctl.printable import one_line

__all__ = ["Dialog", "answer"]

Dialog = Annotated[
    str | None,
    typer.Option(metavar="ID", help="Only the dialog with this id, as status -o json has it; nothing is asked."),
]


def answer(invocation: Invocation, verb: str, agent: str, dialog: str | None) -> None:
    """Answer the agent's dialog with ``verb``: the one with this id, or the one that is shown to the person now."""
    seen = dialog or _show(invocation, verb, agent)
    invocation.show(agents_answer(invocation.perform(verb, agent=agent, dialog=seen)))


def _show(invocation: Invocation, verb: str, agent: str) -> str | None:
    """Tell what is asked, and its id, None for nothing; on a terminal go on only after a yes, or with ``--yes``."""
    agents = invocation.ask("status", agent=agent)["agents"]
    asked = agents[0].get("dialog") if agents else None
    if not asked:
        return None
    console = invocation.console
    console.say(f"{agent} asks ({asked['kind']}): {one_line(asked['text'])}")
    on_terminal = sys.stdin is not None and sys.stdin.isatty() and console.err_is_terminal
    if on_terminal and not invocation.yes and console.ask(f"{verb}? [y/N] ").strip().lower() not in {"y", "yes"}:
        raise NotConfirmed("nothing was answered", exit_status=Exit.FAILED)
    return str(asked["id"])
