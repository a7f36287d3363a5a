"""The page at ``/``: how the agents are, and where the API is. Plain HTML without any script."""

import base64
import hashlib
from collections.abc import Iterable, Mapping
from html import escape
from typing import Final

from aiohttp import web
from pydantic import JsonValue

from orchestratord.verbs.house import House
from orchestratord.web.answers import HEADERS

__all__ = ["Page"]

_STYLE: Final = """
body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 60rem; padding: 0 1rem; color: #1b1b1b; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: .35rem .75rem .35rem 0; border-bottom: 1px solid #bbb; overflow-wrap: anywhere; }
@media (prefers-color-scheme: dark) { body { background: #1b1b1b; color: #eee; } a { color: #9cf; } }
"""
_DIGEST: Final = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
_POLICY: Final = f"{HEADERS['Content-Security-Policy']}; style-src 'sha256-{_DIGEST}'"

_LINKS: Final = ("/api/status", "/api/agents", "/api/alerts", "/api/events", "/metrics", "/api/openapi.json")
_COLUMNS: Final = {"name": "Agent", "role": "Role", "state": "State", "reason": "Why", "restart_count": "Restarts"}


class Page:
    """Made anew for every request; a reload of the page is its refresh."""

    def __init__(self, house: House) -> None:
        self._house = house

    async def show(self, _: web.Request) -> web.StreamResponse:
        """The page. Everything in it that is not ours is escaped, and its policy allows this one style alone."""
        name = self._house.configuration.cluster.name
        agents = [agent.view() for agent in self._house.cluster.agents.values()]
        text = _html(name, agents)
        return web.Response(text=text, content_type="text/html", headers={"Content-Security-Policy": _POLICY})


def _html(cluster: str, agents: Iterable[Mapping[str, JsonValue]]) -> str:
    title = escape(cluster)
    heads = "".join(f'<th scope="col">{head}</th>' for head in _COLUMNS.values())
    rows = "\n".join(
        "<tr>" + "".join(f"<td>{_text(agent.get(key))}</td>" for key in _COLUMNS) + "</tr>" for agent in agents
    )
    links = "\n".join(f'<li><a href="{link}">{link}</a></li>' for link in _LINKS)
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>{_STYLE}</style>
</head>
<body>
<h1>{title}</h1>
<table>
<thead><tr>{heads}</tr></thead>
<tbody>
{rows}
</tbody>
</table>
<h2>API</h2>
<ul>
{links}
</ul>
</body>
</html>
"""


def _text(value: JsonValue) -> str:
    return "" if value is None else escape(str(value))
