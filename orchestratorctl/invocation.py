"""What a command is given to work with: the daemon, the console, and what the person said for every command."""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from orchestratorctl.client import LONG, PROMPT, Connection
from orchestratorctl.confirm import confirm
from orchestratorctl.console import Console
from orchestratorctl.output import Answer, Form, render
from orchestratorctl.places import sockets
from orchestratorctl.unreachable import connect

__all__ = ["Invocation"]


@dataclass(frozen=True, slots=True)
class Invocation:
    """One command being carried out."""

    console: Console
    form: Form
    socket: str | None
    yes: bool

    def connect(self) -> Connection:
        """A connection to the daemon. Raises Unreachable."""
        connection = connect(sockets(self.socket, os.environ, os.getuid()))
        self.console.detail(f"asking the daemon at {connection.path}")
        return connection

    def ask(self, verb: str, /, **parameters: object) -> dict[str, Any]:
        """The daemon's answer to one question; parameters that are None are left out."""
        with self.connect() as connection:
            return connection.call(verb, _said(parameters), silence=PROMPT)

    def perform(self, verb: str, /, **parameters: object) -> dict[str, Any]:
        """The same for what takes its time: shows on a terminal how far it is."""
        with self.connect() as connection:
            try:
                return connection.call(verb, _said(parameters), silence=LONG, progress=self._progress)
            except KeyboardInterrupt:
                self.console.complain(f"the daemon goes on with the {verb}; orchestratorctl status shows how far it is")
                raise

    def follow(self, verb: str, /, **parameters: object) -> Iterator[dict[str, Any]]:
        """First the answer, then everything that comes, until the daemon has no more."""
        with self.connect() as connection:
            yield connection.call(verb, _said(parameters))
            yield from connection.items()

    def confirm(self, deed: str, victims: Callable[[], Sequence[str]]) -> None:
        """Ask before the deed is done to the victims, unless ``--yes``. Raises NotConfirmed."""
        if not self.yes:
            confirm(self.console, deed, victims())

    def show(self, answer: Answer) -> None:
        """Write the answer in the form that was asked for."""
        self.console.data(render(self.console, self.form, answer))

    def show_one(self, answer: Answer) -> None:
        """Write one of many that come one after another: JSON in one line, YAML as a document of its own."""
        form = Form.JSONL if self.form is Form.JSON else self.form
        written = render(self.console, form, answer)
        self.console.data(f"---\n{written}" if form is Form.YAML else written)

    def _progress(self, told: Mapping[str, Any]) -> None:
        words = [str(told[key]) for key in ("agent", "state", "message", "reason") if told.get(key)]
        if "done" in told and "total" in told:
            words.insert(0, f"{told['done']} of {told['total']}")
        self.console.transient(" ".join(words))
        self.console.detail(" ".join(words))


def _said(parameters: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in parameters.items() if value is not None}
