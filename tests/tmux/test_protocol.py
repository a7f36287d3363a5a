"""The control-mode protocol is read whole, however its bytes are cut."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from orchestratord.tmux.protocol import Notification, Parser, Reply

SAID = (
    b"%begin 1 2 0\n%end 1 2 0\n%session-changed $0 test\n"
    b"%begin 1 3 1\nfirst \xe6\x97\xa5\n%end of the story\n%begin 1 9 1\n%end 1 3 1\n"
    b"%window-add @1\r\n%begin 5 4 1\ncan't find pane: %9\n%error 5 4 1\n%exit\n"
)
MEANT = [
    Notification("session-changed", ("$0", "test")),
    Reply(True, ("first 日", "%end of the story", "%begin 1 9 1")),
    Notification("window-add", ("@1",)),
    Reply(False, ("can't find pane: %9",)),
    Notification("exit", ()),
]


@given(cuts=st.lists(st.integers(0, len(SAID)), max_size=20))
def test_cut_anywhere_it_means_the_same(cuts: list[int]) -> None:
    parser = Parser()
    edges = [0, *sorted(cuts), len(SAID)]
    pieces = [SAID[start:end] for start, end in pairwise(edges)]
    assert [item for piece in pieces for item in parser.feed(piece)] == MEANT


@given(noise=st.binary(max_size=300))
def test_noise_never_raises(noise: bytes) -> None:
    list(Parser().feed(noise + b"\n"))
