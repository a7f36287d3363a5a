"""Dialogs that change under the hand that answers them, and limits that end while nobody tells."""

import asyncio
from types import SimpleNamespace
from typing import Any, cast

import pytest

from orchestratord.agents.activity import Belief, Source
from orchestratord.agents.answering import Answering
from orchestratord.agents.asked import Asked
from orchestratord.agents.body import Body
from orchestratord.agents.entry import Entry
from orchestratord.agents.limits import KnownLimit, date
from orchestratord.agents.permission import decide
from orchestratord.agents.states import State
from orchestratord.config.agent import DialogsConfig
from orchestratord.errors import Conflict
from orchestratord.journal import Journal
from orchestratord.providers.base import Activity, Dialog, DialogKind, Reading
from orchestratord.providers.standin import StandInProvider
from tests.agents_room.conftest import MakeWorld

HARMLESS = Dialog(DialogKind.PERMISSION, "Bash command ls Do you want to proceed? 1. Yes 2. No")
HARMFUL = Dialog(DialogKind.PERMISSION, "Bash command rm -r / Do you want to proceed? 1. Yes 2. No")
MIDNIGHT = 1_800_057_600.0
"""Of some day, in UTC."""


class Pane:
    """A pane that shows one dialog after the other, whatever is pressed, and notes what that was."""

    def __init__(self, *shown: Dialog | None) -> None:
        self.pressed: list[str] = []
        self._shown = list(shown)

    async def look(self) -> Any:
        return SimpleNamespace(dialog=self._shown.pop(0) if len(self._shown) > 1 else self._shown[0])

    async def press(self, key: str) -> None:
        self.pressed.append(key)


def answering(pane: Pane, believed: Dialog) -> Answering:
    belief = Belief(Activity.WAITING, "screen: permission dialog", Source.SCREEN, 1.0, believed)
    body = SimpleNamespace(name="anna", provider=StandInProvider(), observer=SimpleNamespace(belief=belief))
    journal = cast("Journal", SimpleNamespace(append=lambda *_, **__: None))
    return Answering(cast("Body", body), cast("Entry", pane), Asked("anna", journal))


@pytest.mark.parametrize("allow", [True, False])
@pytest.mark.parametrize("now", [HARMFUL, None, Dialog(DialogKind.TRUST, HARMLESS.text)], ids=["other", "none", "kind"])
async def test_no_key_is_pressed_on_what_was_not_seen(allow: bool, now: Dialog | None) -> None:
    pane = Pane(now)
    with pytest.raises(Conflict, match="does not show that dialog"):
        await answering(pane, HARMLESS).answer(allow=allow, by="one", dialog=None)
    assert pane.pressed == []


async def test_whoever_names_the_dialog_that_he_saw_answers_no_other() -> None:
    pane = Pane(HARMFUL)
    with pytest.raises(Conflict, match="by now it asks: Bash command rm -r /"):
        await answering(pane, HARMFUL).answer(allow=True, by="one", dialog=HARMLESS.id)
    assert pane.pressed == []


async def test_of_two_who_say_yes_at_once_only_the_first_presses_a_key() -> None:
    pane = Pane(HARMLESS, None)
    door = answering(pane, HARMLESS)
    answers = [door.answer(allow=True, by=by, dialog=None) for by in ("one", "two")]
    first, second = await asyncio.gather(*answers, return_exceptions=True)
    assert first == HARMLESS
    assert isinstance(second, Conflict)
    assert pane.pressed == ["1"]


async def test_a_dialog_without_known_keys_is_left_to_a_human() -> None:
    login = Dialog(DialogKind.LOGIN, "Select login method: 1. Yes")
    pane = Pane(login)
    with pytest.raises(Conflict, match="nobody knows the keys") as refusal:
        await answering(pane, login).answer(allow=True, by="one", dialog=None)
    assert "attach anna" in refusal.value.hint
    assert pane.pressed == []


@pytest.mark.parametrize(
    ("policy", "allow", "answer"),
    [
        ("ask", (), None),
        ("allow", (), True),
        ("allow", ("Read", "Bash"), True),
        ("allow", ("Read",), None),
        ("deny", (), False),
    ],
)
def test_a_policy_answers_for_the_tools_it_names(policy: Any, allow: tuple[str, ...], answer: bool | None) -> None:
    assert decide(DialogsConfig(policy=policy, allow=allow), "Bash") is answer


def test_a_limit_is_dated_when_it_is_told_and_its_old_words_mean_no_other_day() -> None:
    words = "You've hit your session limit · resets 7pm"
    told = Reading(Activity.LIMITED, "hook", limited_until=100.0, error=words)
    _, known = date(told, Source.HOOK, None, 50.0)
    assert known == KnownLimit(words, 100.0)
    seen = Reading(Activity.LIMITED, "screen", limited_until=86_500.0, error=words)
    assert date(seen, Source.SCREEN, known, 99.0)[0].limited_until == 100.0
    assert date(seen, Source.SCREEN, known, 100.5)[0].activity is Activity.IDLE
    dialog = Reading(Activity.LIMITED, "screen", Dialog(DialogKind.USAGE_LIMIT), limited_until=86_500.0, error=words)
    assert date(dialog, Source.SCREEN, known, 100.5)[0].activity is Activity.WAITING
    again = Reading(Activity.LIMITED, "hook", limited_until=86_500.0, error=words)
    assert date(again, Source.HOOK, known, 200.0)[1] == KnownLimit(words, 86_500.0)


async def test_when_a_limit_is_over_its_dialog_is_left_and_the_agent_takes_prompts_again(make_world: MakeWorld) -> None:
    world = await make_world("anna")
    world.clock.show(MIDNIGHT)
    await world.cluster.start()
    await world.type("anna", "limit until 11pm (UTC)")
    await world.shows("anna", "Stop and wait for limit to reset")
    world.hook("anna", "UserPromptSubmit")
    await world.until("anna", State.LIMITED)
    assert world["anna"].view()["limited_until"] == MIDNIGHT + 23 * 3600
    world.clock.ahead += 23 * 3600
    await world.until("anna", State.IDLE)
    await world.shows("anna", "? for shortcuts")
    assert world.last("agent.dialog_answered")["kind"] == "usage_limit"
    # The words stay on the screen, and would mean tomorrow to whoever reads them for the first time.
    await world.die_and_follow()
    await world.cluster.open()
    assert world["anna"].state is State.IDLE
    await world.type("anna", "say good morning")
    await world.shows("anna", "● good morning")
