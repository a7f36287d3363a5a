"""`orchestratorctl attach`: this terminal onto the agents' panes."""

import os
import shlex
import sys
from collections.abc import Mapping, Sequence

import typer

from orchestratorctl.completion import AnyAgent
from orchestratorctl.everywhere import command
from orchestratorctl.faults import BadUsage, Fault
from orchestratorctl.invocation import Invocation
from orchestratorctl.output import Answer, Form

__all__ = ["app"]

app = typer.Typer()


@app.command()
@command
def attach(invocation: Invocation, agent: AnyAgent = None) -> None:
    """Put this terminal onto the cluster's tmux session, on the agent's pane if one is named; leave with prefix and d.

    Inside tmux it switches to the session instead, when both are on one server. With another form of output than a
    table it only says what would be run.
    """
    document = invocation.ask("attach", agent=agent)
    argv = [str(word) for word in document["argv"]]
    if invocation.form is not Form.TABLE:
        invocation.show(Answer(document, [document], [shlex.join(argv)], lambda _: ""))
        return
    if not (sys.stdin is not None and sys.stdin.isatty() and invocation.console.out_is_terminal):
        raise BadUsage("attach needs a terminal", hint=f"On one, this is what it runs: {shlex.join(argv)}")
    environment = dict(os.environ)
    # With TMUX set a plain `tmux` means the server this terminal is in, not the user's default one.
    surrounding = environment.pop("TMUX", "")
    if surrounding and _server(document["tmux"], environment) == surrounding.partition(",")[0]:
        environment["TMUX"] = surrounding
        argv = [*document["tmux"], "switch-client", "-t", document.get("pane") or f"={document['session']}"]
    try:
        os.execvpe(argv[0], argv, environment)  # noqa: S606 (no shell is wanted: the terminal becomes tmux's)
    except OSError as fault:
        raise Fault(f"cannot run {argv[0]}: {fault.strerror}", hint="tmux must be installed here too.") from fault


def _server(tmux: Sequence[str], environment: Mapping[str, str]) -> str:
    """The socket of the server that this command speaks to; empty when there is none."""
    import subprocess

    question = [*tmux, "display-message", "-p", "#{socket_path}"]
    try:
        done = subprocess.run(question, env=environment, capture_output=True, text=True, check=False, timeout=5)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip()
