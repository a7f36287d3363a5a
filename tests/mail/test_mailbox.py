"""The mailbox keeps what it was given, in order, across whatever ends the daemon."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from orchestratord.config.schema import Configuration
from orchestratord.errors import BadRequest, Busy, Conflict, NotFound, TimedOut
from orchestratord.journal.store import Journal
from orchestratord.mail import mailbox as module
from orchestratord.mail.draft import Draft
from orchestratord.mail.finished import Finished
from orchestratord.mail.mailbox import Mailbox
from orchestratord.mail.message import OPERATOR, Message, MessageState
from tests.mail.test_message import message
from tests.wait import eventually

S = MessageState
TEAM = Configuration.model_validate({"agents": [{"name": "anna"}, {"name": "ben"}], "messages": {"max_size": 1000}})


class Post:
    """A mailbox over a journal on the disk, whose clock the test sets; ``reopen`` is the next daemon."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.now = 1000.0
        self.journal: Journal
        self.mailbox: Mailbox

    async def open(self) -> None:
        self.journal = await Journal.open(self.path, clock=lambda: self.now)
        self.mailbox = Mailbox(self.journal, TEAM, clock=lambda: self.now)
        await self.mailbox.open()

    async def close(self) -> None:
        self.mailbox.close()
        await self.journal.close()

    async def reopen(self) -> None:
        await self.close()
        await self.open()

    def send(self, text: str = "hello", to: str = "anna", sender: str = OPERATOR, **more: Any) -> Message:
        (posted,) = self.mailbox.post(Draft(sender, to, text, **more))
        return posted

    def waiting(self) -> list[str]:
        return [message.text for message in self.mailbox.waiting("anna")]


@pytest.fixture
async def post(state_dir: Path) -> AsyncIterator[Post]:
    post = Post(state_dir / "journal.db")
    await post.open()
    yield post
    await post.close()


async def test_every_step_is_an_event_that_says_everything_but_the_text(post: Post) -> None:
    sent = post.send("the secret", subject="also secret")
    post.now += 2
    post.mailbox.move(sent.id, S.ACCEPTED)
    post.now += 3
    post.mailbox.move(sent.id, S.ANSWERED, answer="a secret too")
    events = await post.journal.read(kinds=("message.*",))
    assert [event.kind for event in events] == ["message.queued", "message.accepted", "message.answered"]
    assert events[0].seq == sent.number
    assert events[2].agent == "anna"
    assert events[2].data == {
        "id": sent.id, "from": OPERATOR, "to": "anna", "thread": sent.id, "reply_to": None, "state": "answered",
        "reason": "", "attempts": 0, "age": 5.0, "took": 3.0,
    }  # fmt: skip
    assert "secret" not in str(events)


async def test_what_is_on_its_way_comes_first_then_the_urgent_then_the_elder(post: Post) -> None:
    for text in ("one", "two", "three"):
        post.send(text)
    post.send("now", urgent=True)
    post.send("for ben", to="ben")
    assert post.waiting() == ["now", "one", "two", "three"]
    two = post.mailbox.waiting("anna")[2]
    post.mailbox.move(two.id, S.TYPED)
    assert post.waiting() == ["two", "now", "one", "three"]
    assert post.mailbox.depth("anna") == 4
    post.mailbox.move(two.id, S.ACCEPTED)
    await post.reopen()
    assert post.waiting() == ["now", "one", "three"]
    assert [message.text for message in post.mailbox.accepted("anna")] == ["two"]
    assert post.mailbox.receivers() == {"anna", "ben"}


async def test_everything_is_as_it_was_after_a_restart(post: Post) -> None:
    first = post.send("漢字\nand 🙂", key="k", urgent=True, subject="s")
    post.mailbox.move(first.id, S.ACCEPTED)
    post.mailbox.move(first.id, S.ANSWERED, answer="done")
    post.send("again", to="all", sender="ben", reply_to=None)
    before = list(post.mailbox.messages)
    await post.reopen()
    assert list(post.mailbox.messages) == before
    assert post.send("later").number > before[-1].number


async def test_one_text_for_a_group_is_one_message_each(post: Post) -> None:
    posted = post.mailbox.post(Draft(OPERATOR, "all", "hello", key="k"))
    assert [message.to for message in posted] == ["anna", "ben"]
    assert post.mailbox.post(Draft(OPERATOR, "all", "hello", key="k")) == posted


async def test_a_key_makes_a_repeated_send_one_message_also_after_a_restart(post: Post) -> None:
    sent = post.send(key="k")
    await post.reopen()
    assert post.send(key="k") == sent
    assert post.send(key="k", sender="ben") != sent
    with pytest.raises(Conflict, match=f"another message to anna, {sent.id}"):
        post.send("something else", key="k")


async def test_a_reply_belongs_to_the_thread_of_what_it_replies_to(post: Post) -> None:
    question = post.send(sender="ben")
    reply = post.send("yes", to="ben", sender="anna", reply_to=question.id)
    assert (reply.thread, reply.reply_to) == (question.id, question.id)
    assert post.send("and?", sender="ben", reply_to=reply.id).thread == question.id
    private = post.send("not for ben")
    with pytest.raises(NotFound, match="that ben could reply to"):
        post.send(sender="ben", reply_to=private.id)


async def test_what_is_for_the_operator_is_with_them_at_once_and_no_couriers_business(post: Post) -> None:
    told = post.send("done", to=OPERATOR, sender="anna")
    assert told.state is S.ACCEPTED
    assert post.mailbox.receivers() == set()
    assert post.mailbox.inbox(OPERATOR, 10) == [told]


async def test_an_inbox_holds_what_came_and_the_answers_to_what_was_asked(post: Post) -> None:
    asked, came = post.send("?", to="ben", sender="anna"), post.send("hello")
    post.send("no answer yet", to="ben", sender="anna")
    assert [message.id for message in post.mailbox.inbox("anna", 10)] == [came.id]
    post.mailbox.move(asked.id, S.ACCEPTED)
    post.mailbox.move(asked.id, S.ANSWERED, answer="!")
    assert [message.id for message in post.mailbox.inbox("anna", 10)] == [asked.id, came.id]
    assert [message.id for message in post.mailbox.inbox("anna", 1)] == [came.id]


async def test_what_nobody_could_take_expires_by_itself(post: Post) -> None:
    end = asyncio.ensure_future(post.mailbox.settled(post.send(expire_after=0.01).id))
    kept = post.send()
    post.now += 1
    ended = await end
    assert (ended.state, ended.reason) == (S.EXPIRED, "nobody could take it in time")
    assert post.mailbox.get(kept.id).state is S.QUEUED
    again = post.mailbox.move(ended.id, S.QUEUED)
    assert again.expires_at == pytest.approx(post.now + 0.01)


async def test_what_expired_while_no_daemon_ran_is_expired_when_one_does(post: Post) -> None:
    queued, taken = post.send(expire_after=10), post.send(expire_after=10)
    post.mailbox.move(taken.id, S.TYPED)
    post.now += 11
    await post.reopen()
    assert post.mailbox.get(queued.id).state is S.EXPIRED
    # Its text may stand in a composer: whether it was taken is for the courier to find out.
    assert post.mailbox.get(taken.id).state is S.TYPED
    post.mailbox.move(taken.id, S.QUEUED)
    await eventually(lambda: post.mailbox.get(taken.id).state is S.EXPIRED)


async def test_whoever_waits_hears_the_end_or_that_time_is_up(post: Post) -> None:
    sent = post.send()
    with pytest.raises(TimedOut, match=r"no answer after .* seconds; it is queued"):
        await post.mailbox.settled(sent.id, 0.01)
    assert not post.mailbox.awaited(sent.id)
    both = [asyncio.ensure_future(post.mailbox.settled(sent.id)) for _ in range(2)]
    await eventually(lambda: post.mailbox.awaited(sent.id))
    post.mailbox.move(sent.id, S.ACCEPTED)
    post.mailbox.move(sent.id, S.ANSWERED, answer="42")
    assert [ended.answer for ended in await asyncio.gather(*both)] == ["42", "42"]
    assert (await post.mailbox.settled(sent.id)).answer == "42"


async def test_a_listener_hears_every_step_until_it_stops(post: Post) -> None:
    heard: list[MessageState] = []
    stop = post.mailbox.listen(lambda message: heard.append(message.state))
    sent = post.send()
    post.mailbox.move(sent.id, S.TYPED)
    stop()
    post.mailbox.move(sent.id, S.SUBMITTED)
    assert heard == [S.QUEUED, S.TYPED]


async def test_an_answer_without_end_is_cut_and_says_so(post: Post) -> None:
    sent = post.send()
    post.mailbox.move(sent.id, S.ACCEPTED)
    ended = post.mailbox.move(sent.id, S.ANSWERED, answer="漢" * 1000)
    assert (ended.answer, ended.reason) == ("漢" * 333, "the answer was cut after 1000 bytes")


async def test_there_is_an_end_to_how_much_may_wait(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MOST_WAITING", 2)
    monkeypatch.setattr(module, "_MOST_TEXT", 30)
    first = post.send("x" * 10)
    post.send("x" * 10)
    with pytest.raises(Busy, match="anna has 2 unfinished"):
        post.send("x")
    with pytest.raises(Busy, match="as much text"):
        post.send("x" * 11, to="ben")
    post.mailbox.move(first.id, S.CANCELLED)
    post.send("x" * 20)
    with pytest.raises(BadRequest):
        post.send("x" * 1001)


async def test_what_has_ended_is_forgotten_after_a_week_and_what_has_not_never(post: Post) -> None:
    ended, waiting = post.send(key="k", expire_after=1e8), post.send(expire_after=1e8)
    post.mailbox.move(ended.id, S.CANCELLED)
    post.now += 7 * 86_400 + 1
    await post.reopen()
    assert [message.id for message in post.mailbox.messages] == [waiting.id]
    with pytest.raises(NotFound, match="no message"):
        post.mailbox.get(ended.id)
    assert post.send(key="k").id != ended.id
    await post.reopen()
    assert set(await post.journal.recall(f"mail/{ended.id}")) == set()


def test_of_what_has_ended_the_latest_are_kept() -> None:
    finished = Finished()
    for number in range(5_003):
        finished.add(_ended(number))
    assert list(finished.surplus(5_003)) == ["m0", "m1", "m2"]
    finished.discard("m3")
    assert list(finished.surplus(7 * 86_400 + 5)) == ["m4"]


def _ended(number: int) -> Message:
    return Message.recalled(
        {**message().letter(), "id": f"m{number}"},
        {**message().standing(), "state": "cancelled", "since": float(number)},
    )


async def test_a_crash_in_the_middle_of_writing_leaves_no_half_message(post: Post) -> None:
    sent = post.send()
    post.journal.remember("mail/m999999", sent.letter())
    post.journal.remember("mail/m999998", {"from a": "later release"})
    post.journal.remember("mail/m999998/standing", {})
    await post.reopen()
    assert [message.id for message in post.mailbox.messages] == [sent.id]
    unreadable = await post.journal.read(kinds=("mailbox.unreadable",))
    assert [event.data["fact"] for event in unreadable] == ["mail/m999998"]
    assert set(await post.journal.recall("mail/m99")) == {"mail/m999998", "mail/m999998/standing"}


WRITER = """
import asyncio, sys
from pathlib import Path
from orchestratord.config.schema import Configuration
from orchestratord.journal.store import Journal
from orchestratord.mail.draft import Draft
from orchestratord.mail.mailbox import Mailbox
from orchestratord.mail.message import MessageState

STORY = (MessageState.TYPED, MessageState.SUBMITTED, MessageState.ACCEPTED, MessageState.ANSWERED)

async def main():
    journal = await Journal.open(Path(sys.argv[1]))
    mailbox = Mailbox(journal, Configuration.model_validate({"agents": [{"name": "anna"}]}))
    await mailbox.open()
    while True:
        (message,) = mailbox.post(Draft("operator", "anna", "text " * 500))
        for state in (None, *STORY):
            if state is not None:
                message = mailbox.move(message.id, state, answer="done" if state is STORY[-1] else None)
            await journal.flush()
            print(message.id, message.state, flush=True)

asyncio.run(main())
"""


@pytest.mark.parametrize("lines", [1, 23, 100])
async def test_after_kill_9_every_message_is_at_least_as_far_as_was_said(
    state_dir: Path, place: Path, lines: int
) -> None:
    path = state_dir / "journal.db"

    def run_and_kill() -> list[list[str]]:
        child = subprocess.Popen([sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, text=True)
        assert child.stdout is not None
        said = [child.stdout.readline() for _ in range(lines)]
        child.kill()
        said += child.stdout.read().splitlines(keepends=True)
        child.stdout.close()
        child.wait()
        return [line.split() for line in said if line.endswith("\n")]

    told = dict(await asyncio.to_thread(run_and_kill))
    post = Post(path)
    await post.open()
    order = list(MessageState)
    found = {message.id: message for message in post.mailbox.messages}
    assert found.keys() >= told.keys()
    for id_, state in told.items():
        assert order.index(found[id_].state) >= order.index(MessageState(state))
        assert found[id_].text == "text " * 500
    await post.close()
