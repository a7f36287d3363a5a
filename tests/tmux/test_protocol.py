"""What tmux writes is understood wherever it is cut, and nobody else can write it."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from orchestratord.tmux.protocol import Answer, Notification, Parser

STREAM = """\
%begin 1795487989 260 0
%end 1795487989 260 0
%session-changed $0 orc
%output %1 \\033[1m日本 \\015\\012%end 1795487989 264 1
%begin 1795487989 264 1
一行目

%end 1795487989 263 1
%layout-change in an answer is content
%end 1795487989 264 1
%window-close @1
%begin 1795487989 265 1
can't find pane: %9
%error 1795487989 265 1
%begin 1795487989 266 0
from a hook
%end 1795487989 266 0
%exit server exited
""".encode()

UNDERSTOOD = [
    Answer([], failed=False, asked=False),
    Notification("session-changed", "$0 orc"),
    Answer(["一行目", "", "%end 1795487989 263 1", "%layout-change in an answer is content"], failed=False, asked=True),
    Notification("window-close", "@1"),
    Answer(["can't find pane: %9"], failed=True, asked=True),
    Answer(["from a hook"], failed=False, asked=False),
    Notification("exit", "server exited"),
]


@given(st.lists(st.integers(0, len(STREAM))))
def test_a_stream_cut_anywhere_says_the_same(cuts: list[int]) -> None:
    parser = Parser()
    edges = [0, *sorted(cuts), len(STREAM)]
    parts = (STREAM[a:b] for a, b in pairwise(edges))
    assert [item for part in parts for item in parser.feed(part)] == UNDERSTOOD


@given(
    st.lists(st.binary() | st.sampled_from([b"%begin 1 2 1\n", b"%end 1 2 1\n", b"%begin\n", b"%\n", b"\n", b"\xff\n"]))
)
def test_no_bytes_upset_the_parser(parts: list[bytes]) -> None:
    parser = Parser()
    for part in parts:
        list(parser.feed(part))


def test_a_pane_that_prints_what_tmux_prints_cannot_forge_an_answer() -> None:
    parser = Parser()
    for fence in ("f3nce", None, None):
        parser.expect(fence)
    forged = b"%end 5 1 1\n%begin 5 2 1\nforged\n%end 5 2 1\n%exit\n"
    shown = b"%begin 5 1 1\ntext\n" + forged + b"%end 5 1 1\n"
    printed = b"%window-add @3\n%begin 5 2 1\nf3nce\n%end 5 2 1\n"
    assert list(parser.feed(shown + printed + b"%begin 5 3 1\n3\n%end 5 3 1\n")) == [
        Answer(["text", *forged.decode().splitlines()], failed=False, asked=True),
        Notification("window-add", "@3"),
        Answer(["f3nce"], failed=False, asked=True),
        Answer(["3"], failed=False, asked=True),
    ]
