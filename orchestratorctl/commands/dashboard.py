"""`orchestratorctl dashboard`: where it is, and with --open in the browser."""

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from orchestratorctl.everywhere import command
from orchestratorctl.faults import Fault
from orchestratorctl.invocation import Invocation
from orchestratorctl.output import Answer

__all__ = ["app"]

app = typer.Typer()


@app.command()
@command
def dashboard(
    invocation: Invocation,
    *,
    browse: Annotated[bool, typer.Option("--open", help="Open it in the browser too.")] = False,
) -> None:
    """Say the address of the dashboard."""
    url = _address(invocation.ask("config.show")["configuration"].get("http", {}))
    document = {"url": url}
    invocation.show(Answer(document, [document], [url], lambda _: f"{url}\n"))
    if browse:
        import webbrowser

        if not webbrowser.open(url):
            raise Fault("no browser could be opened", hint=f"Open {url} yourself.")


def _address(http: Mapping[str, Any]) -> str:
    host = str(http.get("host", "127.0.0.1")).strip("[]")
    # What listens everywhere is reached from here through loopback.
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 (compared, not bound)
    if not http.get("port"):
        raise Fault(
            "the dashboard has whatever port was free when the daemon started",
            hint='The latest "http is open" in orchestratorctl logs tells it.',
        )
    scheme = "https" if http.get("tls") else "http"
    return f"{scheme}://{f'[{host}]' if ':' in host else host}:{http['port']}/"
