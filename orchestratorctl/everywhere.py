"""The options that every command takes, before or after its name, and how a function becomes a command."""

import inspect
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any, Concatenate, Final, ParamSpec

import typer

from orchestratorctl.console import standard_console
from orchestratorctl.invocation import Invocation
from orchestratorctl.output import Form

__all__ = ["Said", "command", "everywhere", "form_in"]

P = ParamSpec("P")


@dataclass(frozen=True, slots=True)
class Said:
    """What was said for every command; what stands later on the command line wins."""

    output: Form | None = None
    socket: str | None = None
    yes: bool = False
    quiet: bool = False
    verbose: bool = False

    def then(self, words: Mapping[str, Any]) -> "Said":
        """With what was said later."""
        return replace(self, **{name: value for name, value in words.items() if value})


def _say_version(*, wanted: bool) -> None:
    if wanted:
        from orchestratorctl.commands.version import own_version

        typer.echo(f"orchestratorctl {own_version()}")
        raise typer.Exit


def everywhere(
    context: typer.Context,
    *,
    output: Annotated[
        Form | None, typer.Option("--output", "-o", help="The form of the output; default: table.")
    ] = None,
    socket: Annotated[str | None, typer.Option(metavar="PATH", help="The daemon's socket.")] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask for confirmation.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing but data and errors.")] = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Say more on stderr.")] = False,
    version: Annotated[
        bool, typer.Option("--version", callback=_say_version, is_eager=True, help="Say this client's version.")
    ] = False,
) -> None:
    """Take the options that stand before the command's name."""
    del version  # its callback has done what it asks for
    words = {"output": output, "socket": socket, "yes": yes, "quiet": quiet, "verbose": verbose}
    context.obj = (context.obj or Said()).then(words)


_SHARED: Final = [each for each in inspect.signature(everywhere).parameters.values() if each.name != "version"]
_NAMES: Final = [parameter.name for parameter in _SHARED[1:]]


def command(function: Callable[Concatenate[Invocation, P], int | None]) -> Callable[..., int]:
    """Make of ``function(invocation, …)`` what typer takes: its own parameters, and after them the shared ones.

    What the function returns is the exit status; None is 0.
    """
    signature = inspect.signature(function)
    own = [
        parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY) for parameter in list(signature.parameters.values())[1:]
    ]

    def run(context: typer.Context, **words: Any) -> int:  # noqa: ANN401 (the words' types are the signature's)
        said: Said = (context.obj or Said()).then({name: words.pop(name) for name in _NAMES})
        console = standard_console(os.environ, quiet=said.quiet, verbose=said.verbose)
        invocation = Invocation(console, said.output or Form.TABLE, said.socket, said.yes)
        return function(invocation, **words) or 0  # type: ignore[call-arg]  # typer gives what the signature asks for

    parameters = [_SHARED[0], *own, *_SHARED[1:]]
    run.__name__ = function.__name__
    run.__doc__ = function.__doc__
    run.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    run.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]  # inspect's own hook
    return run


def form_in(words: Sequence[str]) -> Form:
    """The form that a command line asks for, found without understanding the rest: also what is wrong has a form."""
    form = Form.TABLE
    for place, word in enumerate(words):
        if word == "--":
            break
        value = ""
        if word in {"-o", "--output"}:
            value = words[place + 1] if place + 1 < len(words) else ""
        elif word.startswith("--output="):
            value = word.removeprefix("--output=")
        elif word.startswith("-o"):
            value = word[2:]
        if value in set(Form):
            form = Form(value)
    return form
