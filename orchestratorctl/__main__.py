"""``orchestratorctl``: understand the words, carry out the command, and end with a status that says how it went."""

import os
import sys
from collections.abc import Sequence

import typer
from typer.main import get_command

from orchestratorctl.app import program
from orchestratorctl.console import Console, reopen_closed_streams, standard_console
from orchestratorctl.everywhere import form_in
from orchestratorctl.exits import Exit
from orchestratorctl.faults import BadUsage, Fault
from orchestratorctl.output import Form, as_json, as_yaml

__all__ = ["main"]


def main(words: Sequence[str] | None = None) -> int:
    """Carry out one command line; returns the exit status."""
    reopen_closed_streams()
    words = list(sys.argv[1:] if words is None else words)
    try:
        return _carried_out(words)
    except Fault as fault:
        return _told(standard_console(os.environ), form_in(words), fault)


def _carried_out(words: list[str]) -> int:
    try:
        status = get_command(program(words)).main(words, prog_name="orchestratorctl", standalone_mode=False)
    except typer.TyperException as misuse:
        context = getattr(misuse, "ctx", None)
        path = context.command_path if context else "orchestratorctl"
        raise BadUsage(misuse.format_message(), hint=f"{path} --help shows what it takes.") from misuse
    except (typer.Abort, KeyboardInterrupt):
        return Exit.INTERRUPTED
    return int(status or Exit.DONE)


def _told(console: Console, form: Form, fault: Fault) -> int:
    match form:
        case Form.JSON | Form.JSONL:
            console.data(as_json(console, fault.as_json(), indent=2 if form is Form.JSON else None) + "\n")
        case Form.YAML:
            console.data(as_yaml(console, fault.as_json()))
        case Form.TABLE | Form.NAME:
            console.complain(f"orchestratorctl: {fault.message}")
            if fault.hint:
                console.complain(fault.hint)
            if fault.request_id and fault.code == "internal":
                console.complain(f"request {fault.request_id}")
    return int(fault.exit_status)


if __name__ == "__main__":
    sys.exit(main())
