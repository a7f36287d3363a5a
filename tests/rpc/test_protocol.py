"""Bytes to requests and answers to bytes, whatever the bytes are."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestratord.errors import BadRequest, Busy, NoSuchAgent, OrchestratorError, UnknownVerb
from orchestratord.rpc import protocol
from orchestratord.rpc.protocol import Malformed, Request, parse

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)
IDS = st.none() | st.integers() | st.text(st.characters(exclude_categories=["Cs"]), max_size=256)


def line(**members: Any) -> bytes:
    return json.dumps({"jsonrpc": "2.0", **members}).encode()


@given(TEXT, st.dictionaries(TEXT, VALUES, max_size=4), IDS, st.booleans())
def test_every_request_is_read_as_it_was_written(method: str, params: Any, request_id: Any, escaped: bool) -> None:
    written = {"jsonrpc": "2.0", "method": method, "params": params, "id": request_id}
    read = parse(json.dumps(written, ensure_ascii=escaped).encode())
    assert read == Request(method, params, request_id, wants_answer=True)


@given(st.binary() | VALUES.map(lambda value: json.dumps(value).encode()))
def test_whatever_comes_is_a_request_or_malformed_and_always_answerable(content: bytes) -> None:
    try:
        parse(content)
    except Malformed as fault:
        answer = json.loads(protocol.malformed(fault))
        assert answer["error"]["code"] in {-32700, -32600, -32602}
        assert answer["error"]["data"]["code"] == "bad_request"


@given(IDS, VALUES, st.text())
def test_an_answer_is_one_line_of_json_even_with_half_characters(request_id: Any, value: Any, hostile: str) -> None:
    for written in (
        protocol.answer(request_id, {"value": value, "screen": hostile}),
        protocol.failure(request_id, OrchestratorError(hostile), hostile),
        protocol.notification(hostile, [value]),
    ):
        assert written.endswith(b"\n")
        assert written.count(b"\n") == 1
        assert isinstance(json.loads(written.decode("utf-8")), dict)


def test_a_request_without_an_id_wants_no_answer_and_one_with_null_does() -> None:
    assert not parse(line(method="status")).wants_answer
    assert parse(line(method="status", id=None)).wants_answer


@pytest.mark.parametrize(
    ("content", "code", "words"),
    [
        (b"{", -32700, "not JSON"),
        (b"\xff\xfe", -32700, "not UTF-8"),
        (b"[" * 500_000, -32700, "nested too deeply"),
        (b'{"a":' * 200_000, -32700, "nested too deeply"),
        (b"9" * 5000, -32700, "not JSON"),
        (b'{"jsonrpc":"2.0","id":NaN}', -32700, "NaN"),
        (b'{"jsonrpc":"2.0","id":1,"params":{"a":1e999}}', -32700, "too large"),
        (b'[{"jsonrpc":"2.0","method":"status","id":1}]', -32600, "batches"),
        (b"7", -32600, "an object"),
        (b"{}", -32600, '"jsonrpc"'),
        (line(id=1), -32600, "method"),
        (line(method=7, id=1), -32600, "method"),
        (line(method="status", id=True), -32600, "an id"),
        (line(method="status", id=1.5), -32600, "an id"),
        (line(method="status", id=[]), -32600, "an id"),
        (line(method="status", id="x" * 257), -32600, "an id"),
        (line(method="status", id=1, params=[1]), -32602, "by name"),
        (line(method="status", id=1, params=None), -32602, "by name"),
    ],
)
def test_what_is_no_request_is_told_what_is_wrong_with_it(content: bytes, code: int, words: str) -> None:
    with pytest.raises(Malformed, match=words) as fault:
        parse(content)
    assert fault.value.code == code


def test_half_of_a_surrogate_pair_is_replaced_and_a_whole_one_kept() -> None:
    read = parse(rb'{"jsonrpc":"2.0","method":"m","params":{"text":"cut \ud83d","\uDC00":"whole \ud83d\ude00"}}')
    assert read.params == {"text": "cut ?", "?": "whole \N{GRINNING FACE}"}


def test_a_malformed_request_is_answered_under_its_id_where_that_could_be_read() -> None:
    with pytest.raises(Malformed) as fault:
        parse(line(method="status", id="mine", params=[]))
    assert json.loads(protocol.malformed(fault.value))["id"] == "mine"


@pytest.mark.parametrize(
    ("error", "number"), [(UnknownVerb("u"), -32601), (BadRequest("b"), -32602), (NoSuchAgent("n"), -32000)]
)
def test_an_error_carries_its_stable_code_and_what_a_program_ends_with(error: OrchestratorError, number: int) -> None:
    told = json.loads(protocol.failure(3, error, "r1"))
    assert told == {
        "jsonrpc": "2.0",
        "id": 3,
        "error": {
            "code": number,
            "message": error.message,
            "data": {"code": error.code, "hint": "", "request_id": "r1", "exit_status": error.exit_status},
        },
    }


def test_a_defect_of_ours_tells_where_to_look_and_nothing_else() -> None:
    told = json.loads(protocol.internal(3, "r1"))["error"]
    assert told["data"]["code"] == "internal"
    assert "r1" in told["data"]["hint"]
    assert Busy.code not in str(told)
