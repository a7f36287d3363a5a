"""Stubs of the model APIs that codex, gemini and opencode talk to: a program that prints the port it serves on.

Three wordings of one script, which goes by the last thing the user said:

    reply TEXT          that text
    recall              everything the user said before in this conversation
    use tool COMMAND    asks to run COMMAND in a shell, and answers "The tool has run." once it did
    wait SECONDS        an answer after so long
    status CODE         an error with that HTTP status
    know TEXT           "Yes." when something beside the user's own words says TEXT, else "No."

and anything else with "Understood: …".
"""

import contextlib
import json
import re
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Body = dict[str, Any]
FURNITURE = re.compile(r"<|# AGENTS\.md|This is the Gemini CLI")
"""How the texts begin that a CLI puts among the user's own for the model's eyes."""


@dataclass(frozen=True)
class Heard:
    """What a request holds: what the user said, oldest first, and whether it hands over a tool's result."""

    request: Body
    prompts: list[str]
    tool_has_run: bool
    tools: list[Body]

    @property
    def last(self) -> str:
        return self.prompts[-1] if self.prompts else ""


@dataclass(frozen=True)
class Answer:
    """A text, or a command to run with the tool of that name, whose parameters are described by its schema."""

    text: str = ""
    tool: str = ""
    arguments: Body | None = None


def own(texts: Iterable[str]) -> list[str]:
    """What the user typed of them."""
    return [text.strip() for text in texts if text.strip() and not FURNITURE.match(text.strip())]


def shell_call(tools: list[Body], command: str) -> Answer:
    """A call of whichever tool takes a command, with every parameter that it insists on."""
    name, schema = next(
        (tool["name"], tool["schema"]) for tool in tools if re.search(r"shell|bash|exec_c", tool["name"])
    )
    properties = schema.get("properties", {})
    key = next(key for key in ("command", "cmd") if key in properties)
    arguments: Body = {key: ["sh", "-c", command] if properties[key].get("type") == "array" else command}
    for needed in schema.get("required", ()):
        arguments.setdefault(needed, "What the user asked for")
    if "sandbox_permissions" in properties:
        arguments |= {"sandbox_permissions": "require_escalated", "justification": "The user asked for it"}
    return Answer(tool=name, arguments=arguments)


def answer(heard: Heard) -> Answer:
    """By the script."""
    if not heard.tools:
        return Answer("A stub")
    if heard.tool_has_run:
        return Answer("The tool has run.")
    verb, _, rest = heard.last.partition(" ")
    match verb:
        case "use":
            return shell_call(heard.tools, rest.partition(" ")[2])
        case "recall":
            return Answer("You said: " + " | ".join(heard.prompts[:-1]))
        case "wait":
            time.sleep(float(rest.split()[0]))
            return Answer(f"Waited {rest} seconds.")
        case "reply":
            return Answer(rest)
        case "know":
            whole = json.dumps(heard.request, ensure_ascii=False)
            return Answer("Yes." if whole.count(rest) > sum(text.count(rest) for text in heard.prompts) else "No.")
        case _:
            return Answer(f"Understood: {heard.last}")


class Responses:
    """OpenAI's Responses API, as codex speaks it."""

    @staticmethod
    def hear(request: Body) -> Heard:
        items = request.get("input", [])
        texts = [
            block.get("text", "")
            for item in items
            if item.get("type", "message") == "message" and item.get("role") == "user"
            for block in item["content"]
        ]
        tools = [
            {"name": tool["name"], "schema": tool["parameters"]}
            for tool in request.get("tools", ())
            if tool.get("type") == "function"
        ]
        ran = bool(items) and items[-1].get("type", "").endswith("_call_output")
        return Heard(request, own(texts), ran, tools)

    @staticmethod
    def stream(said: Answer) -> Iterator[Body]:
        number = f"{time.time_ns()}"
        yield {"type": "response.created", "response": {"id": f"resp_{number}"}}
        if said.tool:
            item: Body = {
                "type": "function_call",
                "id": f"fc_{number}",
                "call_id": f"call_{number}",
                "name": said.tool,
                "arguments": json.dumps(said.arguments),
            }
        else:
            content = [{"type": "output_text", "text": said.text, "annotations": []}]
            item = {"type": "message", "role": "assistant", "id": f"msg_{number}", "content": content}
        yield {"type": "response.output_item.done", "output_index": 0, "item": item}
        usage = {"input_tokens": 10, "output_tokens": 10, "total_tokens": 20}
        yield {"type": "response.completed", "response": {"id": f"resp_{number}", "output": [item], "usage": usage}}


class Gemini:
    """Google's generateContent, as gemini speaks it."""

    @staticmethod
    def hear(request: Body) -> Heard:
        contents = request.get("contents", [])
        spoken = [part for content in contents if content.get("role") == "user" for part in content["parts"]]
        tools = [
            {"name": one["name"], "schema": one.get("parametersJsonSchema") or one.get("parameters") or {}}
            for tool in request.get("tools", ())
            for one in tool.get("functionDeclarations", ())
        ]
        ran = bool(spoken) and "functionResponse" in spoken[-1]
        return Heard(request, own(part.get("text", "") for part in spoken), ran, tools)

    @staticmethod
    def stream(said: Answer) -> Iterator[Body]:
        part: Body = {"text": said.text}
        if said.tool:
            part = {"functionCall": {"name": said.tool, "args": said.arguments}}
        content = {"role": "model", "parts": [part]}
        usage = {"promptTokenCount": 10, "candidatesTokenCount": 10, "totalTokenCount": 20}
        yield {"candidates": [{"content": content, "finishReason": "STOP", "index": 0}], "usageMetadata": usage}


class Chat:
    """OpenAI's chat completions, as opencode speaks them to any compatible server."""

    @staticmethod
    def hear(request: Body) -> Heard:
        messages = request.get("messages", [])
        texts = [
            text
            for message in messages
            if message["role"] == "user"
            for text in (
                [message["content"]]
                if isinstance(message["content"], str)
                else [block.get("text", "") for block in message["content"]]
            )
        ]
        tools = [
            {"name": tool["function"]["name"], "schema": tool["function"]["parameters"]}
            for tool in request.get("tools", ())
        ]
        return Heard(request, own(texts), bool(messages) and messages[-1]["role"] == "tool", tools)

    @staticmethod
    def stream(said: Answer) -> Iterator[Body]:
        about = {"id": f"chat-{time.time_ns()}", "object": "chat.completion.chunk", "created": 0, "model": "stub"}
        delta: Body = {"role": "assistant", "content": said.text}
        if said.tool:
            function = {"name": said.tool, "arguments": json.dumps(said.arguments)}
            call = {"index": 0, "id": f"call_{time.time_ns()}", "type": "function", "function": function}
            delta = {"role": "assistant", "tool_calls": [call]}
        yield {**about, "choices": [{"index": 0, "delta": delta, "finish_reason": None}]}
        end = "tool_calls" if said.tool else "stop"
        usage = {"prompt_tokens": 10, "completion_tokens": 10, "total_tokens": 20}
        yield {**about, "choices": [{"index": 0, "delta": {}, "finish_reason": end}], "usage": usage}


class Api(BaseHTTPRequestHandler):
    """Whichever API the path belongs to; nothing is a 404, because a CLI takes that for a broken server."""

    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # the name the base class gives it
        """Keep quiet."""

    def do_GET(self) -> None:
        self._send(200, {"data": [], "models": []})

    def do_POST(self) -> None:
        request = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))) or b"{}")
        if self.path.endswith("/responses"):
            self._answer(Responses, request)
        elif "generatecontent" in self.path.casefold():
            self._answer(Gemini, request)
        elif self.path.endswith("/chat/completions"):
            self._answer(Chat, request)
        else:
            self._send(200, {"totalTokens": 10})

    def _answer(self, wording: type[Responses] | type[Gemini] | type[Chat], request: Body) -> None:
        heard = wording.hear(request)
        words = heard.last.split()
        if heard.tools and not heard.tool_has_run and words and words[0] == "status":
            status = int(words[1])
            self._send(status, {"error": {"code": status, "message": "said the stub", "type": "stub"}})
            return
        events = list(wording.stream(answer(heard)))
        if wording is Gemini and "stream" not in self.path:
            self._send(200, events[0])
            return
        lines = "".join(
            (f"event: {event['type']}\n" if "type" in event else "") + f"data: {json.dumps(event)}\n\n"
            for event in events
        )
        if wording is Chat:
            lines += "data: [DONE]\n\n"
        self._send_bytes(200, lines.encode(), "text/event-stream")

    def _send(self, status: int, body: Body) -> None:
        self._send_bytes(status, json.dumps(body).encode(), "application/json")

    def _send_bytes(self, status: int, body: bytes, kind: str) -> None:
        with contextlib.suppress(ConnectionError):  # a CLI hangs up on a cancelled turn
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)


def main() -> None:
    """Serve on a free port of loopback until ended, and print the port first."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Api)
    server.daemon_threads = True
    print(server.server_address[1], flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
