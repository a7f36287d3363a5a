"""JSON-RPC 2.0, one object a line: from bytes to a request, from an answer to bytes. Touches no socket.

What of the specification is not taken: batches (a connection already carries many requests at once, so they would
only be a way around the limits), parameters by position, ids that are fractions.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, NoReturn, Self

from pydantic import JsonValue

from orchestratord.errors import BadRequest, OrchestratorError, UnknownVerb

__all__ = ["Malformed", "Request", "answer", "failure", "internal", "malformed", "notification", "parse"]

RequestId = str | int | None

_PARSE_ERROR: Final = -32700
_INVALID_REQUEST: Final = -32600
_UNKNOWN_METHOD: Final = -32601
_INVALID_PARAMS: Final = -32602
_INTERNAL: Final = -32603
_REFUSED_OR_FAILED: Final = -32000
"""Every other error; ``data.code`` says which."""

_LONGEST_ID: Final = 256
_SURROGATE: Final = re.compile(rb"\\u[dD][89a-fA-F]")


@dataclass(frozen=True, slots=True)
class Request:
    """A well-formed request. Without ``wants_answer`` it is a notification: nothing comes back, whatever happens."""

    method: str
    params: Mapping[str, JsonValue]
    id: RequestId
    wants_answer: bool


class Malformed(Exception):
    """What came is no request; ``id`` is what could still be read of whom to answer."""

    def __init__(self, code: int, message: str, request_id: RequestId = None) -> None:
        super().__init__(message)
        self.code = code
        self.id = request_id

    @classmethod
    def request(cls, message: str) -> Self:
        """Something that is no request at all."""
        return cls(_INVALID_REQUEST, message)


def parse(line: bytes) -> Request:
    """One line, without its newline. Raises Malformed."""
    given = _decode(line)
    if isinstance(given, list):
        raise Malformed(_INVALID_REQUEST, "batches are not taken: send one object a line")
    if not isinstance(given, dict):
        raise Malformed(_INVALID_REQUEST, "a request is an object")
    request_id = _request_id(given)
    if given.get("jsonrpc") != "2.0":
        raise Malformed(_INVALID_REQUEST, 'a request says "jsonrpc": "2.0"', request_id)
    method = given.get("method")
    if not isinstance(method, str):
        raise Malformed(_INVALID_REQUEST, "a request's method is a string", request_id)
    params = given.get("params", {})
    if not isinstance(params, dict):
        raise Malformed(_INVALID_PARAMS, "parameters go by name: params is an object", request_id)
    return Request(method, params, request_id, "id" in given)


def answer(request_id: RequestId, result: JsonValue) -> bytes:
    """The line that says it was done."""
    return _line({"jsonrpc": "2.0", "id": request_id, "result": result})


def failure(request_id: RequestId, error: OrchestratorError, reference: str) -> bytes:
    """The line that says why it was not done; ``reference`` is what the log calls this request."""
    match error:
        case UnknownVerb():
            code = _UNKNOWN_METHOD
        case BadRequest():
            code = _INVALID_PARAMS
        case _:
            code = _REFUSED_OR_FAILED
    return _error(request_id, code, error.message, error.code, error.hint, reference, error.exit_status)


def malformed(error: Malformed) -> bytes:
    """The line that says what was wrong with a request."""
    return _error(error.id, error.code, str(error), BadRequest.code, "", "", BadRequest.exit_status)


def internal(request_id: RequestId, reference: str) -> bytes:
    """The line for a defect of ours: it tells where to look, nothing of what it was."""
    hint = f"orchestrator.log has more under {reference}."
    return _error(request_id, _INTERNAL, "the daemon failed at this", "internal", hint, reference, 1)


def notification(method: str, params: JsonValue) -> bytes:
    """A line that answers nothing."""
    return _line({"jsonrpc": "2.0", "method": method, "params": params})


def _error(
    request_id: RequestId, number: int, message: str, code: str, hint: str, reference: str, exit_status: int
) -> bytes:
    data: JsonValue = {"code": code, "hint": hint, "request_id": reference, "exit_status": exit_status}
    return _line({"jsonrpc": "2.0", "id": request_id, "error": {"code": number, "message": message, "data": data}})


def _decode(line: bytes) -> Any:  # noqa: ANN401 (whatever somebody sent)
    try:
        text = line.decode("utf-8")
        given = json.loads(text, parse_constant=_no_number, parse_float=_finite)
        if _SURROGATE.search(line):
            given = json.loads(_whole(json.dumps(given, ensure_ascii=False)))
    except UnicodeError:
        raise Malformed(_PARSE_ERROR, "not UTF-8") from None
    except RecursionError:
        raise Malformed(_PARSE_ERROR, "nested too deeply") from None
    except ValueError as fault:
        raise Malformed(_PARSE_ERROR, f"not JSON: {str(fault)[:100]}") from None
    return given


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON number")


def _finite(digits: str) -> float:
    number = float(digits)
    if number in {float("inf"), float("-inf")}:
        raise ValueError("a number is too large")
    return number


def _request_id(given: Mapping[str, object]) -> RequestId:
    request_id = given.get("id")
    match request_id:
        case bool():
            pass
        case None | int():
            return request_id
        case str() if len(request_id) <= _LONGEST_ID:
            return request_id
    raise Malformed(_INVALID_REQUEST, f"an id is a string of at most {_LONGEST_ID} characters, an integer or null")


def _line(message: Mapping[str, JsonValue]) -> bytes:
    text = json.dumps(message, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return _whole(text) + b"\n"


def _whole(text: str) -> bytes:
    """UTF-8, with ``?`` for each half of a surrogate pair.

    A text that a JavaScript program has cut in the middle of an emoji ends with one, and so may a file's name. That
    must not keep an agent's report from being taken or an answer from being sent.
    """
    return text.encode("utf-8", "replace")
