"""A used-up limit holds the mail up, and nobody has to do anything for it to go on."""

from orchestratord.agents.states import State
from orchestratord.mail.message import MessageState
from tests.mail.office import MakeOffice

MIDNIGHT = 1_800_057_600.0
"""Of some day, in UTC."""


async def test_mail_waits_for_the_end_of_a_usage_limit_and_then_goes_on_by_itself(make_office: MakeOffice) -> None:
    office = await make_office("anna", expire_after="2d")
    office.world.clock.show(MIDNIGHT)
    failed = office.send("anna", "limit until 11pm (UTC)")
    behind = office.send("anna", "say behind")
    await office.becomes(failed, MessageState.FAILED)
    await office.world.until("anna", State.LIMITED)
    await office.world.shows("anna", "Stop and wait for limit to reset")
    assert office.mailbox.get(behind).state is MessageState.QUEUED
    office.world.clock.ahead += 23 * 3600
    answered = await office.becomes(behind, MessageState.ANSWERED)
    assert answered.answer == "behind"
    assert [text.splitlines()[-2] for text in office.prompts] == ["limit until 11pm (UTC)", "say behind"]
