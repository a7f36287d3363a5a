"""Brings messages into the agents' panes and takes back what becomes of them: one task an agent with mail."""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, replace
from typing import Any, Final, cast

import structlog
from pydantic import JsonValue

from orchestratord.agents.agent import Agent
from orchestratord.agents.cluster import Cluster
from orchestratord.agents.entry import Look
from orchestratord.agents.turns import Turn
from orchestratord.config.schema import MessagesConfig
from orchestratord.errors import Conflict, NotFound, Unavailable
from orchestratord.journal.events import Event
from orchestratord.journal.store import Journal
from orchestratord.mail.answers import outcome_of
from orchestratord.mail.delivery import Attempt, Decision, Receiver, Rules, Step, decide, noted
from orchestratord.mail.mailbox import Mailbox
from orchestratord.mail.message import OPERATOR, Message, MessageState
from orchestratord.mail.rendering import rendered

__all__ = ["Courier"]

_PREFIX: Final = "courier/"
_FIRST_PAUSE: Final = 0.002
_LONGEST_PAUSE: Final = 0.3
_UNREACHABLE: Final = 0.5
"""Seconds until tmux is asked again."""
_AFTER_FAULT: Final = 5.0
_log = structlog.get_logger(__name__)


class Courier:
    """Owns every message between ``queued`` and its end, as far as it goes through a pane.

    Open it after the mailbox and before the cluster: what hooks told while no daemon looked comes as the cluster
    opens. What is in hand for each agent is remembered as ``courier/AGENT``, so that the next daemon goes on with it.
    """

    def __init__(
        self,
        cluster: Cluster,
        mailbox: Mailbox,
        journal: Journal,
        *,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._cluster = cluster
        self._mailbox = mailbox
        self._journal = journal
        self._clock = clock
        self._attempts: dict[str, Attempt] = {}
        self._reasons: dict[str, str] = {}
        self._news: dict[str, asyncio.Event] = {}
        self._rounds: dict[str, asyncio.Task[None]] = {}
        self._unfollow: list[Callable[[], None]] = []
        self._beginning: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Take up what a predecessor had in hand. Deliveries begin once the cluster is open."""
        for key, value in (await self._journal.recall(_PREFIX)).items():
            self._take_up(key.removeprefix(_PREFIX), value)
        self._unfollow = [
            self._cluster.follow_turns(self._turn),
            self._mailbox.listen(lambda message: self._wake(message.to)),
            self._journal.listen(self._heard),
        ]
        self._beginning = asyncio.create_task(self._begin())

    async def close(self) -> None:
        """Let go of everything; what is under way is taken up by the next daemon."""
        for unfollow in self._unfollow:
            unfollow()
        tasks = [*self._rounds.values(), *([self._beginning] if self._beginning is not None else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def reason(self, agent: str) -> str:
        """Why the agent's first message is where it is; "" when none is to be delivered."""
        return self._reasons.get(agent, "")

    # What happens elsewhere

    def _take_up(self, name: str, value: JsonValue) -> None:
        try:
            attempt = Attempt(**cast("dict[str, Any]", value))
            message = self._mailbox.get(attempt.message)
        except (TypeError, NotFound):
            # Another release's note, or the message's end came before the note's.
            self._journal.remember(_PREFIX + name, None)
            return
        # Whether the last act was still carried out nobody knows; what was meant is when it was written down.
        if message.state in {MessageState.TYPED, MessageState.SUBMITTED}:
            attempt = replace(attempt, pasted_at=attempt.pasted_at or message.since)
        if message.state is MessageState.SUBMITTED:
            attempt = replace(attempt, pressed_at=message.since, presses=max(1, attempt.presses))
        self._attempts[name] = attempt

    async def _begin(self) -> None:
        await self._cluster.opened.wait()
        for name in self._mailbox.receivers() | set(self._attempts):
            self._wake(name)

    def _wake(self, name: str) -> None:
        """There is news for this agent's mail."""
        if name == OPERATOR or not self._cluster.opened.is_set():
            return
        self._news.setdefault(name, asyncio.Event()).set()
        running = self._rounds.get(name)
        if (running is None or running.done()) and self._first(name) is not None:
            self._rounds[name] = asyncio.create_task(self._round(name), name=f"mail of {name}")

    def _heard(self, event: Event) -> None:
        if event.agent in self._rounds and event.kind.startswith("agent."):
            self._wake(event.agent)

    def _turn(self, turn: Turn) -> None:
        attempt = self._attempts.get(turn.agent)
        if attempt is None:
            return
        message = self._message_of(attempt)
        outcome = None if message is None else outcome_of(turn, message, attempt)
        if message is not None and outcome is not None:
            if MessageState.ACCEPTED in outcome.states:
                self._note(turn.agent, replace(attempt, accepted_at=turn.at))
            for state in outcome.states[:-1]:
                self._mailbox.move(message.id, state)
            self._mailbox.move(message.id, outcome.states[-1], reason=outcome.reason, answer=outcome.answer)
        self._wake(turn.agent)

    # One agent's mail

    def _message_of(self, attempt: Attempt) -> Message | None:
        """The message in hand, None when it has come to its end."""
        try:
            message = self._mailbox.get(attempt.message)
        except NotFound:
            return None
        return None if message.state.final else message

    def _first(self, name: str) -> Message | None:
        """What is in hand, else the next that waits; what was requeued is in hand no more than others."""
        attempt = self._attempts.get(name)
        message = self._message_of(attempt) if attempt is not None else None
        if message is not None and message.state is not MessageState.QUEUED:
            return message
        return next(iter(self._mailbox.waiting(name)), None)

    async def _round(self, name: str) -> None:
        news = self._news[name]
        looks = 0
        try:
            while (message := self._first(name)) is not None:
                news.clear()
                try:
                    decision = await self._step(name, message)
                except (Conflict, Unavailable) as fault:
                    decision = Decision(Step.AGAIN, fault.message, _UNREACHABLE)
                except Exception:  # noqa: BLE001  # a fault of ours with one message is told and must not end all mail
                    _log.exception("a delivery went wrong", agent=name, message=message.id)
                    decision = Decision(Step.AGAIN, "an internal error; the log has it", _AFTER_FAULT)
                self._reasons[name] = decision.reason
                if decision.step not in {Step.REST, Step.AGAIN}:
                    looks = 0
                    continue
                pause = min(_FIRST_PAUSE * 2**looks, _LONGEST_PAUSE) if decision.after is None else decision.after
                looks = min(looks + 1, 20)
                with suppress(TimeoutError):
                    async with asyncio.timeout(None if decision.step is Step.REST else pause):
                        await news.wait()
        finally:
            self._reasons.pop(name, None)
            attempt = self._attempts.get(name)
            if attempt is not None and self._message_of(attempt) is None:
                self._note(name, None)

    async def _step(self, name: str, message: Message) -> Decision:
        """Decide and do one thing. Between the look that allows a paste or a key and the act nothing is waited for."""
        decision = self._decide(name, message, None)
        agent = self._cluster.agents.get(name)
        if decision.step is Step.LOOK and agent is not None:
            look = await agent.entry.look()
            if self._mailbox.get(message.id) is not message:
                return Decision(Step.AGAIN, "it moved on during the look")
            attempt = self._in_hand(name, message)
            if attempt is not None:
                self._attempts[name] = noted(message, attempt, look)
            decision = self._decide(name, message, look)
        if decision.step in {Step.REQUEUE, Step.FAIL}:
            # Its word for it may lie where a hook has left it that found no daemon, or a slow one.
            await self._cluster.hear_spooled()
            if self._mailbox.get(message.id) is not message:
                return Decision(Step.AGAIN, "its word for it came late")
        if agent is not None:
            await self._act(agent, message, decision)
        elif decision.step is Step.FAIL:
            self._mailbox.move(message.id, MessageState.FAILED, reason=decision.reason)
        return decision

    def _decide(self, name: str, message: Message, look: Look | None) -> Decision:
        agent = self._cluster.agents.get(name)
        receiver = None if agent is None else Receiver(agent.state, agent.since, agent.reason, agent.launch, agent.held)
        return decide(
            message, receiver, self._in_hand(name, message), look, _rules(self._mailbox.settings), self._clock()
        )

    def _in_hand(self, name: str, message: Message) -> Attempt | None:
        attempt = self._attempts.get(name)
        return attempt if attempt is not None and attempt.message == message.id else None

    async def _act(self, agent: Agent, message: Message, decision: Decision) -> None:
        name, now = agent.name, self._clock()
        match decision.step:
            case Step.BEGIN if agent.launch is not None:
                self._mailbox.move(message.id, MessageState.TYPED)
                self._note(name, Attempt(message.id, agent.launch))
                await self._journal.flush()
            case Step.PASTE:
                self._attempts[name] = replace(self._attempts[name], pasted_at=now)
                await agent.entry.paste(rendered(message))
            case Step.COMMIT:
                self._mailbox.move(message.id, MessageState.SUBMITTED)
                await self._journal.flush()
            case Step.PRESS:
                attempt = self._attempts[name]
                self._attempts[name] = replace(attempt, pressed_at=now, presses=attempt.presses + 1)
                await agent.entry.press(agent.entry.submit_key)
            case Step.REQUEUE:
                self._mailbox.move(message.id, MessageState.QUEUED, reason=decision.reason)
            case Step.EXPIRE:
                self._mailbox.move(message.id, MessageState.EXPIRED, reason=decision.reason)
            case Step.FAIL:
                self._mailbox.move(message.id, MessageState.FAILED, reason=decision.reason)
            case Step.BURY:
                self._mailbox.move(message.id, MessageState.DEAD, reason=decision.reason)
            case _:
                pass

    def _note(self, name: str, attempt: Attempt | None) -> None:
        """Hold this in hand, and remember it."""
        if attempt is None:
            self._attempts.pop(name, None)
        else:
            self._attempts[name] = attempt
        self._journal.remember(_PREFIX + name, None if attempt is None else asdict(attempt))


def _rules(settings: MessagesConfig) -> Rules:
    return Rules(
        queue_while_working=settings.queue_while_working,
        human_pause=settings.human_pause,
        max_attempts=settings.max_attempts,
    )
