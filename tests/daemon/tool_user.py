"""An agent without a mind: runs its tools as an agent CLI does, uses each once, and writes down what they said."""

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any

from mcp import Client, StdioServerParameters, stdio_client

USES: list[tuple[str, dict[str, Any]]] = [
    ("list_agents", {}),
    ("ask_agent", {"to": "ben", "text": "say 収穫は済んだ 🌾"}),
    ("ask_agent", {"to": "ben", "text": "work 60s", "timeout": 0.2}),
    ("send_message", {"to": "operator", "text": "the harvest is in", "subject": "news"}),
    ("report_status", {"text": "resting"}),
    ("send_message", {"to": "nobody", "text": "hello"}),
    ("reply", {"id": "m999999", "text": "hello"}),
    ("read_inbox", {"limit": 10}),
]


async def main(socket: str, notes: Path) -> None:
    words = ["-I", "-m", "orchestratorctl", "--socket", socket, "mcp"]
    said: list[Any] = []
    async with Client(stdio_client(StdioServerParameters(command=sys.executable, args=words))) as client:
        said.append([tool.name for tool in (await client.list_tools()).tools])
        for tool, arguments in USES:
            result = await client.call_tool(tool, arguments)
            text = "".join(getattr(part, "text", "") for part in result.content)
            said.append({"error": text} if result.is_error else result.structured_content)
    notes.with_suffix(".part").write_text(json.dumps(said))
    notes.with_suffix(".part").rename(notes)


if __name__ == "__main__":
    asyncio.run(main(os.environ["ORCHESTRATOR_SOCKET"], Path(sys.argv[1])))
    sys.stdin.read()
