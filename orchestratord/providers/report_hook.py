"""The program that an agent's hooks run: hands the hook's JSON to the daemon, or leaves it in the spool.

Run by path as ``python -I -S report_hook.py``; the agent CLI waits for it, so it imports next to nothing, gives the
daemon two seconds, ends with 0 and says nothing but what the daemon has it answer. ORCHESTRATOR_SOCKET and
ORCHESTRATOR_SPOOL say where to, ORCHESTRATOR_AGENT and ORCHESTRATOR_LAUNCH from whom.
"""

import os
import sys
import time

_DEADLINE = 2.0
_LONGEST_LINE = 1_000_000
"""Bytes; the daemon's socket takes lines of 1 MiB."""
_LONGEST_STRING = 20_000
"""Characters that are left of each string once the whole would be too long."""
_FULLEST_SPOOL = 10_000


def _shortened(value: object) -> object:
    if isinstance(value, str):
        return value[:_LONGEST_STRING]
    if isinstance(value, list):
        return [_shortened(item) for item in value[:100]]
    if isinstance(value, dict):
        return {key: _shortened(item) for key, item in value.items()}
    return value


def _payload(text: bytes) -> bytes:
    # A newline in JSON only ever stands between tokens: in strings it is escaped.
    line = text.replace(b"\n", b" ").replace(b"\r", b" ").strip() or b"{}"
    if len(line) <= _LONGEST_LINE:
        return line
    import json

    return json.dumps(_shortened(json.loads(line)), ensure_ascii=False).encode()


def _request(agent: str, launch: str, payload: bytes) -> bytes:
    """The call as one line, put together without the json module, which would double the time this takes."""
    return (
        b'{"jsonrpc": "2.0", "id": 1, "method": "hooks.report", "params": {"agent": "%s", "launch": "%s", '
        b'"payload": %s}}\n' % (agent.encode(), launch.encode(), payload)
    )


def _deliver(path: str, request: bytes) -> bytes:
    """Send the line and wait for the answer, whatever it is: a refusal would be one later too.

    Raises:
        OSError: nobody is there, or nobody answered in time.
    """
    import _socket  # socket itself would import selectors and enum: another 4 ms

    connection = _socket.socket(_socket.AF_UNIX, _socket.SOCK_STREAM)
    try:
        connection.settimeout(_DEADLINE)
        connection.connect(path)
        rest = memoryview(request)
        while rest:
            rest = rest[connection.send(rest) :]
        answer = b""
        while not answer.endswith(b"\n"):
            more = connection.recv(65536)
            if not more:
                raise ConnectionResetError
            answer += more
        return answer
    finally:
        connection.close()


def _say(answer: bytes) -> None:
    """What the daemon has this hook answer goes to the CLI; nearly always that is nothing, and json stays unloaded."""
    if b'"output"' not in answer:
        return
    import json

    output = json.loads(answer).get("result", {}).get("output")
    if output:
        sys.stdout.write(json.dumps(output))


def _spool(directory: str, request: bytes, at: float) -> None:
    """Leave it for the next daemon; the names begin with the time in microseconds, and sort by it."""
    os.makedirs(directory, mode=0o700, exist_ok=True)
    if len(os.listdir(directory)) >= _FULLEST_SPOOL:
        return
    name = f"{directory}/{int(at * 1e6):020d}-{os.getpid()}"
    descriptor = os.open(f"{name}.part", os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        os.write(descriptor, request)
    finally:
        os.close(descriptor)
    os.rename(f"{name}.part", f"{name}.json")


def main() -> None:
    """Report once. Nothing that goes wrong here may disturb the agent."""
    environ = os.environ
    at = time.time()
    try:
        text = sys.stdin.buffer.read()
        agent, launch = environ["ORCHESTRATOR_AGENT"], environ["ORCHESTRATOR_LAUNCH"]
        request = _request(agent, launch, _payload(text))
        try:
            answer = _deliver(environ["ORCHESTRATOR_SOCKET"], request)
        except OSError:
            _spool(environ["ORCHESTRATOR_SPOOL"], request, at)
        else:
            _say(answer)
    except (OSError, KeyError, ValueError):
        return


if __name__ == "__main__":
    main()
