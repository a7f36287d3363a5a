"""`orchestratorctl config`: check a file, show what is in force, print the schema of what may be written."""

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from orchestratorctl.everywhere import command, everywhere
from orchestratorctl.exits import Exit
from orchestratorctl.faults import BadConfiguration, Fault
from orchestratorctl.invocation import Invocation
from orchestratorctl.output import Answer, as_json, as_yaml

__all__ = ["app"]

app = typer.Typer(name="config", help="Check, show and describe the configuration.")
app.callback()(everywhere)


@app.command()
@command
def check(
    invocation: Invocation,
    file: Annotated[Path | None, typer.Argument(help="The file; default: the one orchestratord would read.")] = None,
) -> None:
    """Tell all faults of a configuration at once, each with file, line and column; needs no running daemon."""
    argv = [*_daemon_program(), "--check-config", *([] if file is None else ["--config", str(file)])]
    try:
        done = subprocess.run(
            argv, stdin=subprocess.DEVNULL, capture_output=True, check=False, text=True, errors="replace"
        )
    except OSError as fault:
        raise Fault(f"cannot run {argv[0]}: {fault.strerror}", hint="Is orchestratord installed here?") from fault
    said = (done.stderr if done.returncode else done.stdout or done.stderr).strip()
    if done.returncode == Exit.BAD_CONFIGURATION:
        raise BadConfiguration(said)
    if done.returncode:
        raise Fault(said or f"{argv[0]} ended with {done.returncode}")
    document = {"valid": True, "message": said}
    invocation.show(Answer(document, [document], [str(file)] if file else [], lambda _: f"{said}\n" if said else ""))


@app.command()
@command
def show(invocation: Invocation) -> None:
    """Show the configuration in force, with its defaults and without its secrets."""
    document = invocation.ask("config.show")
    configuration = document["configuration"]
    names = [agent["name"] for agent in configuration.get("agents", [])]
    invocation.console.detail(f"read from {document.get('path')}")
    invocation.show(Answer(configuration, [configuration], names, lambda console: as_yaml(console, configuration)))


@app.command()
@command
def schema(invocation: Invocation) -> None:
    """Print the JSON Schema of the configuration, for editors and CI."""
    document = invocation.ask("config.schema").get("schema", {})
    names = list(document.get("properties", {}))
    invocation.show(Answer(document, [document], names, lambda console: as_json(console, document, indent=2) + "\n"))


def _daemon_program() -> list[str]:
    """The daemon of the same installation, else the one on the PATH."""
    beside = Path(sys.executable).with_name("orchestratord")
    found = str(beside) if beside.exists() else shutil.which("orchestratord")
    return [found] if found else [sys.executable, "-m", "orchestratord"]
