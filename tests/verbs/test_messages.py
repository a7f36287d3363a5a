"""The verbs of the mail: who may write in whose name, who reads what, and what becomes of it."""

import asyncio
import contextlib
from typing import Any

import pytest

from orchestratord.access.role import Caller, Role
from orchestratord.config.schema import Configuration
from orchestratord.errors import BadRequest, Conflict, NoSuchAgent, NotFound, NotPermitted
from orchestratord.mail.message import MessageState
from orchestratord.verbs.house import House
from orchestratord.verbs.verb import Stream
from tests.straw import AGENT, VISITOR
from tests.verbs.conftest import Ask
from tests.wait import eventually

BEN = Caller(Role.TAKE_PART, "agent ben (pid 3)", "ben", uid=0, pid=3, launch="launch-ben")
S = MessageState


async def send(ask: Ask, *who: Caller, to: str = "ben", text: str = "hello", **more: Any) -> str:
    (message,) = (await ask("send", *who, to=to, text=text, **more))["messages"]
    return str(message["id"])


async def ids(ask: Ask, verb: str, *who: Caller, **wanted: Any) -> list[str]:
    return [message["id"] for message in (await ask(verb, *who, **wanted))["messages"]]


async def items(stream: Any) -> list[Any]:
    assert isinstance(stream, Stream)
    async with contextlib.aclosing(stream.items) as coming:
        return [item async for item in coming]


async def test_a_message_has_its_senders_name_as_the_door_knows_it(ask: Ask, house: House) -> None:
    by_operator, by_agent = await send(ask), await send(ask, AGENT, sender="anna")
    assert house.mailbox.get(by_operator).sender == "operator"
    assert house.mailbox.get(by_agent).sender == "anna"


@pytest.mark.parametrize(
    ("caller", "verb", "parameters"),
    [
        (AGENT, "send", {"to": "anna", "text": "the secret", "sender": "ben"}),
        (AGENT, "send", {"to": "ben", "text": "the secret", "sender": "operator"}),
        (AGENT, "send", {"to": "ben", "text": "the secret", "urgent": True}),
        (VISITOR, "send", {"to": "ben", "text": "the secret"}),
        (AGENT, "inbox", {"agent": "ben"}),
        (AGENT, "inbox", {"agent": "operator"}),
        (VISITOR, "inbox", {}),
    ],
)
async def test_who_speaks_for_another_or_reads_anothers_mail_is_refused_and_that_is_told(
    ask: Ask, house: House, caller: Caller, verb: str, parameters: dict[str, Any]
) -> None:
    with pytest.raises(NotPermitted):
        await ask(verb, caller, **parameters)
    assert not house.mailbox.messages
    (told,) = await house.journal.read(kinds=("operator.command",))
    assert (told.agent, told.data["verb"], told.data["outcome"]) == (caller.agent, verb, "refused")
    assert "secret" not in str(told)


async def test_whom_an_agent_may_write_to_follows_a_reload(ask: Ask, house: House) -> None:
    agents = [{"name": "anna", "may_message": []}, {"name": "ben"}]
    house.load = lambda: Configuration.model_validate({"agents": agents})
    await ask("reload")
    with pytest.raises(NotPermitted, match="anna may not write to ben"):
        await ask("send", AGENT, to="ben", text="hello")
    asked = await send(ask, BEN, to="anna")
    assert await send(ask, AGENT, to="ben", reply_to=asked)


async def test_what_was_answered_as_sent_is_on_the_disk(ask: Ask, house: House) -> None:
    await send(ask)
    # Nothing of it waits for the writer any more, so a flush has nothing to bring.
    assert not house.journal._writer.backlog


async def test_everybody_reads_their_own_and_an_operator_every_inbox(ask: Ask) -> None:
    to_ben, to_anna = await send(ask, AGENT), await send(ask, BEN, to="anna")
    assert await ids(ask, "inbox", AGENT) == [to_anna]
    assert await ids(ask, "inbox", BEN, agent="ben") == [to_ben]
    assert await ids(ask, "inbox", agent="ben") == [to_ben]
    told = await send(ask, BEN, to="operator")
    assert await ids(ask, "inbox") == [told]
    with pytest.raises(NoSuchAgent):
        await ask("inbox", agent="nobody")


async def test_messages_are_listed_whole_to_who_may_read_them(ask: Ask, house: House) -> None:
    mine, others = await send(ask, AGENT, text="my secret"), await send(ask, text="another secret")
    assert await ids(ask, "messages") == [mine, others]
    assert await ids(ask, "messages", AGENT) == [mine]
    house.mailbox.move(mine, S.ACCEPTED)
    house.mailbox.move(mine, S.FAILED, reason="secret trouble")
    seen = await ask("messages", VISITOR)
    assert [(message["id"], message["state"]) for message in seen["messages"]] == [(mine, "failed"), (others, "queued")]
    assert "secret" not in str(seen)


async def test_messages_are_found_by_whom_they_are_from_and_to_and_how_far_they_are(ask: Ask, house: House) -> None:
    one, two = await send(ask), await send(ask, AGENT)
    three = await send(ask, BEN, to="anna", reply_to=two)
    house.mailbox.move(one, S.CANCELLED)
    assert await ids(ask, "messages", to="ben") == [one, two]
    assert await ids(ask, "messages", **{"from": "anna"}) == [two]
    assert await ids(ask, "messages", state="queued") == [two, three]
    assert await ids(ask, "messages", state=["cancelled", "dead"]) == [one]
    assert await ids(ask, "messages", thread=two) == [two, three]
    assert await ids(ask, "messages", limit=1) == [three]


async def test_the_latest_messages_that_fit_into_an_answer_are_the_ones_shown(ask: Ask) -> None:
    sent = [await send(ask, text="漢" * 80_000) for _ in range(4)]
    answer = await ask("messages")
    assert answer["complete"] is False
    assert [message["id"] for message in answer["messages"]] == sent[-1:]


async def test_a_reply_is_the_answer_and_comes_to_a_sender_who_does_not_wait(ask: Ask, house: House) -> None:
    question = await send(ask, AGENT)
    house.mailbox.move(question, S.ACCEPTED)
    answer = await ask("reply", BEN, id=question, text="42")
    assert (answer["message"]["state"], answer["sent"]["to"]) == ("answered", "anna")
    assert house.mailbox.get(question).answer == "42"
    (reply,) = house.mailbox.waiting("anna")
    assert (reply.text, reply.reply_to, reply.thread) == ("42", question, question)


async def test_a_reply_comes_once_to_who_waits_and_to_operators(ask: Ask, house: House) -> None:
    asked, told = await send(ask, AGENT), await send(ask)
    waiting = asyncio.ensure_future(items(await ask("messages.wait", AGENT, ids=[asked])))
    await eventually(lambda: house.mailbox.awaited(asked))
    assert (await ask("reply", BEN, id=asked, text="42"))["sent"] is None
    assert [message["answer"] for message in await waiting] == ["42"]
    assert (await ask("reply", BEN, id=told, text="43"))["sent"] is None
    assert await ids(ask, "inbox") == [told]
    # Answered already: one more word is a message of its own.
    assert (await ask("reply", BEN, id=told, text="and 44"))["sent"]["to"] == "operator"


async def test_only_whom_a_message_was_sent_to_replies_to_it(ask: Ask) -> None:
    sent = await send(ask, AGENT)
    with pytest.raises(NotPermitted, match="it was sent to ben"):
        await ask("reply", AGENT, id=sent, text="?")
    others = await send(ask)
    with pytest.raises(NotFound):
        await ask("reply", AGENT, id=others, text="?")
    with pytest.raises(BadRequest, match="control character"):
        await ask("reply", BEN, id=sent, text="\x1b")


async def test_waiting_shows_each_end_and_when_time_is_up_how_far_the_rest_is(ask: Ask, house: House) -> None:
    one, two = await send(ask), await send(ask)
    house.mailbox.move(one, S.ANSWERED, answer="1")
    shown = await items(await ask("messages.wait", ids=[one, two], timeout=0.01))
    assert [(message["id"], message["state"]) for message in shown] == [(one, "answered"), (two, "queued")]
    with pytest.raises(NotFound):
        await ask("messages.wait", AGENT, ids=[one])


async def test_who_stops_waiting_is_not_waited_for(ask: Ask, house: House) -> None:
    sent = await send(ask)
    stream = await ask("messages.wait", ids=sent)
    coming = asyncio.ensure_future(anext(stream.items))
    await eventually(lambda: house.mailbox.awaited(sent))
    coming.cancel()
    await asyncio.wait({coming})
    await stream.items.aclose()
    assert not house.mailbox.awaited(sent)


async def test_messages_are_followed_step_by_step_from_the_latest_on(ask: Ask, house: House) -> None:
    old = [await send(ask) for _ in range(2)]
    stream = await ask("messages.subscribe", latest=1, to="ben")
    async with contextlib.aclosing(stream.items) as steps:
        assert (await anext(steps))["id"] == old[1]
        await send(ask, BEN, to="anna")
        new = await send(ask, text="new")
        house.mailbox.move(new, S.TYPED)
        seen = [await anext(steps) for _ in range(2)]
    assert [(step["id"], step["state"], step["text"]) for step in seen] == [
        (new, "queued", "new"),
        (new, "typed", "new"),
    ]
    assert not house.mailbox._listeners


async def test_what_failed_is_sent_again_and_what_is_queued_taken_back_by_its_sender(ask: Ask, house: House) -> None:
    sent = await send(ask, AGENT)
    for verb in ("messages.retry", "messages.cancel"):
        with pytest.raises(NotPermitted, match="it is from anna"):
            await ask(verb, BEN, id=sent)
    with pytest.raises(Conflict, match="has not failed"):
        await ask("messages.retry", AGENT, id=sent)
    house.mailbox.move(sent, S.TYPED)
    with pytest.raises(Conflict, match="only what is queued"):
        await ask("messages.cancel", AGENT, id=sent)
    house.mailbox.move(sent, S.DEAD)
    assert (await ask("messages.retry", id=sent))["message"]["reason"] == "retried after dead"
    for _ in range(2):
        assert (await ask("messages.cancel", AGENT, id=sent))["message"]["state"] == "cancelled"
    with pytest.raises(Conflict):
        await ask("messages.retry", id=sent)
