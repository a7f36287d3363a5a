"""Messages into real panes: they arrive as they were written, once, and nothing else is touched."""

import asyncio

import pytest

from orchestratord.agents.states import State
from orchestratord.mail.message import MessageState
from orchestratord.mail.rendering import rendered
from tests.mail.office import MakeOffice
from tests.wait import eventually

LETTER = "五千文字の手紙です。🎉\n" * 300 + "\tthe end"
LINE = "日本語の一行 " * 20
ENDS = (MessageState.ANSWERED, MessageState.FAILED)


@pytest.mark.parametrize("text", ["say hello", "two\nlines", LINE, LETTER, "/exit"])
async def test_a_text_arrives_as_it_was_written(make_office: MakeOffice, text: str) -> None:
    office = await make_office("anna")
    answered = await office.becomes(office.send("anna", text), *ENDS)
    assert (answered.state, answered.attempts) == (MessageState.ANSWERED, 1)
    assert office.prompts == [rendered(answered)]
    if text == "say hello":
        assert answered.answer == "hello"


async def test_they_come_one_after_the_other_and_an_urgent_one_first(make_office: MakeOffice) -> None:
    office = await make_office("anna")
    await office.becomes(office.send("anna", "work 1s"), MessageState.ACCEPTED)
    first, second = office.send("anna", "say first"), office.send("anna", "say second")
    urgent = office.send("anna", "say urgent", urgent=True)
    await office.becomes(second, *ENDS)
    order = [event.data["id"] for event in office.world.happened if event.kind == "message.answered"]
    assert order[1:] == [urgent, first, second]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("api error 500", "API Error: 500"),
        ("api error 429", "API Error: 429"),
        ("limit until 7pm", "You've hit your session limit"),
        ("crash", "anna ended before it answered"),
    ],
)
async def test_a_turn_that_fails_is_reported_as_what_it_was(make_office: MakeOffice, text: str, words: str) -> None:
    office = await make_office("anna")
    failed = await office.becomes(office.send("anna", text), *ENDS)
    assert (failed.state, failed.reason[: len(words)]) == (MessageState.FAILED, words)


async def test_a_dialog_in_its_turn_is_left_to_a_human_and_a_cancelled_turn_told_apart(make_office: MakeOffice) -> None:
    office = await make_office("anna")
    asking = office.send("anna", "dialog permission Bash rm")
    behind = office.send("anna", "say behind")
    await office.world.until("anna", State.WAITING)
    assert office.mailbox.get(asking).state is MessageState.ACCEPTED
    await eventually(lambda: "waiting" in office.courier.reason("anna"))
    await office.press("anna", "Escape")
    failed = await office.becomes(asking, *ENDS)
    assert failed.reason == "its turn was cancelled: it ended without an answer"
    assert (await office.becomes(behind, *ENDS)).answer == "behind"
    assert len(office.prompts) == 2


async def test_a_humans_draft_is_neither_sent_nor_touched(make_office: MakeOffice) -> None:
    office = await make_office("anna")
    await office.press("anna", "-l", "say a draft")
    await office.world.shows("anna", "say a draft")
    id_ = office.send("anna", "say mine")
    await eventually(lambda: "draft" in office.courier.reason("anna"))
    assert office.mailbox.get(id_).state is MessageState.QUEUED
    await office.press("anna", "Enter")
    assert (await office.becomes(id_, *ENDS)).answer == "mine"
    assert office.prompts[0] == "say a draft"


async def test_nothing_is_typed_while_somebody_scrolls_or_holds_the_agent(make_office: MakeOffice) -> None:
    office = await make_office("anna")
    pane = office.world["anna"].pane or ""
    await office.world.tmux("copy-mode", "-t", pane)
    id_ = office.send("anna", "say on")
    await eventually(lambda: "scrolls" in office.courier.reason("anna"))
    await office.world.cluster.hold("anna")
    await office.world.tmux("copy-mode", "-q", "-t", pane)
    await eventually(lambda: "held" in office.courier.reason("anna"))
    assert office.mailbox.get(id_).state is MessageState.QUEUED
    await office.world.cluster.release("anna")
    assert (await office.becomes(id_, *ENDS)).answer == "on"


async def test_what_waits_for_an_agent_that_does_not_run_is_delivered_when_it_does(make_office: MakeOffice) -> None:
    office = await make_office("anna", started=False)
    id_ = office.send("anna", "say late")
    await eventually(lambda: "stopped" in office.courier.reason("anna"))
    await office.world.cluster.start()
    assert (await office.becomes(id_, *ENDS)).answer == "late"


async def test_a_successor_goes_on_where_the_courier_was_cut_off(make_office: MakeOffice) -> None:
    office = await make_office("anna")
    ids = [office.send("anna", f"say {number}") for number in range(8)]
    for id_ in ids[::2]:
        await office.becomes(id_, MessageState.TYPED, MessageState.SUBMITTED, MessageState.ACCEPTED, *ENDS)
        await office.begin_anew()
    for number, id_ in enumerate(ids):
        message = await office.becomes(id_, *ENDS)
        assert (message.state, message.answer) == (MessageState.ANSWERED, str(number)), message
    assert len(set(office.prompts)) == len(office.prompts), "none came twice"


async def test_nothing_runs_while_there_is_no_mail(make_office: MakeOffice) -> None:
    office = await make_office("anna")
    await office.becomes(office.send("anna", "say hello"), *ENDS)
    await eventually(lambda: not any(task.get_name() == "mail of anna" for task in asyncio.all_tasks()))
    assert await office.world.journal.recall("courier/") == {}
