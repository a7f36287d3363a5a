"""A stub of the model API that Claude Code talks to: a program that prints the port it serves on.

What it answers is scripted by the last thing the user said; of a message, by its text alone:

    reply TEXT          that text
    recall              everything the user said before in this conversation
    digest …            the SHA-256 of all of it
    use tool COMMAND    asks to run COMMAND in a shell, and answers "The tool has run." once it did
    call TOOL JSON      asks to call TOOL with that input, until its server is there; answers "It said: …"
    wait SECONDS        an answer after so long
    status CODE         an error with that HTTP status
    limit               a used-up limit of a subscription, over in two hours

and anything else with "Understood: …". GET /heard tells the SHA-256 of every prompt that came to be answered.
"""

import contextlib
import hashlib
import json
import re
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

ERRORS = {400: "invalid_request_error", 401: "authentication_error", 429: "rate_limit_error", 529: "overloaded_error"}
MODEL = "claude-sonnet-4-6"
HEARD: list[str] = []
MESSAGE = re.compile(r"\[message (m\d+) from [^\n]*\]\n(.*)\n\[end of message \1; [^\n]*\]", re.DOTALL)


def said(message: dict[str, Any]) -> list[str]:
    """The texts of one message, without what the CLI adds for the model's eyes."""
    content = message["content"]
    blocks = [{"type": "text", "text": content}] if isinstance(content, str) else content
    texts = [block["text"].strip() for block in blocks if block["type"] == "text"]
    return [unwrapped(text) for text in texts if text and not text.startswith("<")]


def unwrapped(text: str) -> str:
    """The text of a message, without the lines around it."""
    found = MESSAGE.fullmatch(text)
    return found[2] if found else text


def digest(text: str) -> str:
    """What tells a text from every other."""
    return hashlib.sha256(text.encode()).hexdigest()


def prompts(request: dict[str, Any]) -> list[str]:
    """Everything the user said, oldest first."""
    return [text for message in request["messages"] if message["role"] == "user" for text in said(message)]


def results(request: dict[str, Any]) -> list[dict[str, Any]]:
    """What tools gave since the user last said something; the CLI may add words of its own behind it."""
    messages = request["messages"]
    spoken = [number for number, each in enumerate(messages) if each["role"] == "user" and said(each)]
    later = messages[spoken[-1] + 1 :] if spoken else messages
    blocks = [block for each in later if isinstance(each["content"], list) for block in each["content"]]
    return [block for block in blocks if block["type"] == "tool_result"]


def tool_has_run(request: dict[str, Any]) -> bool:
    """Whether the CLI hands over a tool's result."""
    return bool(results(request))


def result(request: dict[str, Any]) -> str:
    """What the tool said that has run last."""
    content = results(request)[-1]["content"]
    return content if isinstance(content, str) else "".join(block.get("text", "") for block in content)


def answer(request: dict[str, Any]) -> list[dict[str, Any]]:
    """The content blocks of the answer."""
    if not request.get("tools"):
        return [{"type": "text", "text": '{"title": "A stub"}'}]
    heard = prompts(request) or [""]
    verb, _, rest = heard[-1].partition(" ")
    if tool_has_run(request) and verb != "call":
        return [{"type": "text", "text": "The tool has run."}]
    if verb == "use":
        command = rest.partition(" ")[2]
        tool = {"command": command, "description": "Run what the user asked for"}
        return [{"type": "tool_use", "id": f"toolu_{time.time_ns()}", "name": "Bash", "input": tool}]
    if verb == "call":
        if tool_has_run(request) and "No such tool" not in (said_so := result(request)):
            return [{"type": "text", "text": f"It said: {said_so}"}]
        time.sleep(0.2)
        name, _, given = rest.partition(" ")
        return [{"type": "tool_use", "id": f"toolu_{time.time_ns()}", "name": name, "input": json.loads(given)}]
    if verb == "digest":
        return [{"type": "text", "text": digest(heard[-1])}]
    if verb == "recall":
        return [{"type": "text", "text": "You said: " + " | ".join(heard[:-1])}]
    if verb == "wait":
        time.sleep(float(rest.split()[0]))
        return [{"type": "text", "text": f"Waited {rest} seconds."}]
    return [{"type": "text", "text": rest if verb == "reply" else f"Understood: {heard[-1]}"}]


def message(blocks: list[dict[str, Any]]) -> dict[str, Any]:
    """The answer as the API words it."""
    return {
        "id": f"msg_{time.time_ns()}",
        "type": "message",
        "role": "assistant",
        "model": MODEL,
        "content": blocks,
        "stop_reason": "tool_use" if blocks[-1]["type"] == "tool_use" else "end_turn",
        "stop_sequence": None,
        "usage": {"input_tokens": 10, "output_tokens": 10},
    }


def events(whole: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The same as the stream of events that a streaming request gets."""
    yield {"type": "message_start", "message": {**whole, "content": [], "stop_reason": None}}
    for index, block in enumerate(whole["content"]):
        empty: dict[str, Any]
        if block["type"] == "text":
            empty, delta = {"type": "text", "text": ""}, {"type": "text_delta", "text": block["text"]}
        else:
            empty = {**block, "input": {}}
            delta = {"type": "input_json_delta", "partial_json": json.dumps(block["input"])}
        yield {"type": "content_block_start", "index": index, "content_block": empty}
        yield {"type": "content_block_delta", "index": index, "delta": delta}
        yield {"type": "content_block_stop", "index": index}
    end = {"stop_reason": whole["stop_reason"], "stop_sequence": None}
    yield {"type": "message_delta", "delta": end, "usage": whole["usage"]}
    yield {"type": "message_stop"}


class Api(BaseHTTPRequestHandler):
    """Answers whatever is asked; nothing is a 404, because the CLI takes that for a broken server."""

    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # the name the base class gives it
        """Keep quiet."""

    def do_HEAD(self) -> None:
        self._send(200, {})

    def do_GET(self) -> None:
        self._send(200, {"heard": HEARD} if self.path == "/heard" else {})

    def do_POST(self) -> None:
        request = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))) or b"{}")
        if "count_tokens" in self.path:
            self._send(200, {"input_tokens": 10})
        elif "/v1/messages" in self.path:
            self._answer(request)
        else:
            self._send(200, {})

    def _answer(self, request: dict[str, Any]) -> None:
        heard = (prompts(request) or [""])[-1]
        last = heard.split()
        # A tool's result and the request for a title are answered, whatever was asked for.
        a_prompt = bool(request.get("tools")) and not tool_has_run(request) and bool(last)
        if a_prompt:
            HEARD.append(digest(heard))
        if a_prompt and last[0] == "status":
            self._fail(int(last[1]))
        elif a_prompt and last[0] == "limit":
            self._limit()
        elif request.get("stream"):
            stream = events(message(answer(request)))
            lines = (f"event: {event['type']}\ndata: {json.dumps(event)}\n\n" for event in stream)
            self._send_bytes(200, "".join(lines).encode(), "text/event-stream")
        else:
            self._send(200, message(answer(request)))

    def _fail(self, status: int, words: str = "said the stub", **headers: str) -> None:
        error = {"type": ERRORS.get(status, "api_error"), "message": words}
        self._send(status, {"type": "error", "error": error}, **headers)

    def _limit(self) -> None:
        over = str(int(time.time()) + 7200)
        prefix = "anthropic-ratelimit-unified"
        claim = {f"{prefix}-status": "rejected", f"{prefix}-reset": over, f"{prefix}-representative-claim": "five_hour"}
        self._fail(429, "This request would exceed your account's rate limit.", **claim)

    def _send(self, status: int, body: dict[str, Any], **headers: str) -> None:
        self._send_bytes(status, json.dumps(body).encode(), "application/json", **headers)

    def _send_bytes(self, status: int, body: bytes, kind: str, **headers: str) -> None:
        with contextlib.suppress(ConnectionError):  # the CLI hangs up on a cancelled turn
            self._write(status, body, kind, headers)

    def _write(self, status: int, body: bytes, kind: str, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


def main() -> None:
    """Serve on a free port of loopback until ended, and print the port first."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Api)
    server.daemon_threads = True
    print(server.server_address[1], flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
