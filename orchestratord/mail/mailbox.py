"""The mailbox: every message there is, in memory and in the journal; the one place where its state changes."""

import asyncio
import contextlib
import time
from collections.abc import Callable, Collection, Iterable
from typing import Final

from pydantic import JsonValue

from orchestratord.config.schema import Configuration, MessagesConfig
from orchestratord.errors import Busy, Conflict, NotFound, TimedOut
from orchestratord.journal.store import Journal
from orchestratord.mail.addressing import receivers
from orchestratord.mail.draft import Draft, checked, clipped
from orchestratord.mail.finished import Finished
from orchestratord.mail.message import OPERATOR, Message, MessageState, advance

__all__ = ["Mailbox"]

_PREFIX: Final = "mail/"
_STANDING: Final = "/standing"
_MOST_WAITING: Final = 5_000
_MOST_TEXT: Final = 64 << 20
"""Messages that may be unfinished for one receiver, and characters of all of them."""
_UNREAD: Final = frozenset({MessageState.QUEUED, MessageState.TYPED, MessageState.SUBMITTED})


class Mailbox:
    """Messages by id. Belongs to the event loop that opened it.

    Every change is remembered and told as ``message.STATE`` {id, from, to, thread, reply_to, state, reason, attempts,
    age, took}: ``age`` is the time in seconds since it was queued, ``took`` since its state before. Nothing waits
    for the disk here: who needs a change to be there before acting awaits the journal's ``flush``.

    What is queued expires by itself, and so does what an operator leaves unanswered; a message on its way into a pane
    or with an agent is its courier's.
    """

    def __init__(
        self, journal: Journal, configuration: Configuration, *, clock: Callable[[], float] = time.time
    ) -> None:
        self._journal = journal
        self._configuration = configuration
        self._clock = clock
        self._messages: dict[str, Message] = {}
        self._unfinished: dict[str, dict[str, Message]] = {}
        self._text = 0
        self._finished = Finished()
        self._keys: dict[tuple[str, str, str], str] = {}
        self._listeners: list[Callable[[Message], None]] = []
        self._waiters: dict[str, list[asyncio.Future[Message]]] = {}
        self._timer: asyncio.TimerHandle | None = None

    async def open(self) -> None:
        """Take up what the journal remembers."""
        facts = await self._journal.recall(_PREFIX)
        found: list[Message] = []
        for key, letter in facts.items():
            if key.endswith(_STANDING):
                continue
            if (standing := facts.get(key + _STANDING)) is None:
                # Written first and forgotten last: a crash came between, before anybody was told, or after the end.
                self._journal.remember(key, None)
                continue
            try:
                found.append(Message.recalled(letter, standing))
            except (KeyError, TypeError, ValueError) as fault:
                self._journal.append("mailbox.unreadable", fact=key, why=repr(fault))
        for message in sorted(found, key=lambda message: message.number):
            self._keep(message)
        self._finished = Finished(message for message in found if message.state.final)
        self._expire()

    def close(self) -> None:
        """Let no more time pass."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    @property
    def settings(self) -> MessagesConfig:
        """As the configuration has them now."""
        return self._configuration.messages

    def follow(self, configuration: Configuration) -> None:
        """From now on this is the configuration."""
        self._configuration = configuration

    def post(self, draft: Draft) -> list[Message]:
        """Queue it, once for each receiver; what goes to the operator is with them at once.

        The same key from the same sender gives the same messages again. Raises BadRequest, NoSuchAgent, NotPermitted,
        NotFound for a message that cannot be replied to, Conflict for a key that stands for another text, and Busy.
        """
        settings, now = self._configuration.messages, self._clock()
        draft = checked(draft, settings.max_size)
        original = self._replied_to(draft)
        replying = original is not None and (draft.sender, draft.to) == (original.to, original.sender)
        names = receivers(self._configuration.by_name, draft.sender, draft.to, replying=replying)
        known = {name: message for name in names if (message := self._known(draft, name))}
        self._expect_room([name for name in names if name not in known], draft)
        life = settings.expire_after if draft.expire_after is None else draft.expire_after
        return [known.get(name) or self._queue(draft, name, original, now, now + life) for name in names]

    def get(self, id_: str) -> Message:
        """The message as it is now. Raises NotFound."""
        try:
            return self._messages[id_]
        except KeyError:
            raise NotFound(
                f"there is no message {id_[:64]!r}",
                hint="orchestratorctl messages lists them; those that ended long ago are forgotten.",
            ) from None

    def move(self, id_: str, state: MessageState, *, reason: str = "", answer: str | None = None) -> Message:
        """Bring it into another state. Raises NotFound, and Conflict where there is no such way.

        An answer longer than a message may be is cut, and the reason says so.
        """
        before = self.get(id_)
        if answer is not None:
            largest = self._configuration.messages.max_size
            whole, answer = answer, clipped(answer, largest)
            reason = reason or ("" if len(answer) == len(whole) else f"the answer was cut after {largest} bytes")
        message = advance(before, state, self._clock(), reason=reason, answer=answer)
        if message.state.final:
            self._finished.add(message)
        elif before.state.final:
            self._finished.discard(id_)
        self._keep(message)
        self._journal.remember(_PREFIX + id_ + _STANDING, message.standing())
        self._tell(message, took=message.since - before.since)
        if not message.state.final:
            self._arm(message)
        self._forget()
        return message

    def waiting(self, agent: str) -> list[Message]:
        """What is still to be brought to the agent, the next one first.

        First what is already on its way into the pane, then an operator's urgent ones, then first in first out.
        """
        unread = (message for message in self._of(agent) if message.state in _UNREAD)
        return sorted(
            unread, key=lambda message: (message.state is MessageState.QUEUED, not message.urgent, message.number)
        )

    def accepted(self, agent: str) -> list[Message]:
        """What the agent has and has not answered, the eldest first."""
        return sorted(
            (message for message in self._of(agent) if message.state is MessageState.ACCEPTED),
            key=lambda message: message.since,
        )

    def receivers(self) -> set[str]:
        """The agents for which something is unfinished."""
        return {name for name, messages in self._unfinished.items() if messages and name != OPERATOR}

    def depth(self, agent: str) -> int:
        """How many messages wait for the agent."""
        return sum(message.state in _UNREAD for message in self._of(agent))

    @property
    def messages(self) -> Collection[Message]:
        """All that there are, oldest first."""
        return self._messages.values()

    def inbox(self, reader: str, limit: int) -> list[Message]:
        """The latest that came for somebody, oldest first: messages to them, and those of theirs with an answer."""
        found = [
            message
            for message in self._messages.values()
            if message.to == reader or (message.sender == reader and message.answer is not None)
        ]
        return found[max(0, len(found) - limit) :]

    def listen(self, callback: Callable[[Message], None]) -> Callable[[], None]:
        """Call back with every message that was queued or has moved. Returns how to stop.

        On the loop, at once; the callback must neither raise nor wait, and moves nothing itself.
        """
        self._listeners.append(callback)

        def unlisten() -> None:
            with contextlib.suppress(ValueError):
                self._listeners.remove(callback)

        return unlisten

    def awaited(self, id_: str) -> bool:
        """Whether somebody waits for its end at this moment."""
        return bool(self._waiters.get(id_))

    async def settled(self, id_: str, timeout: float | None = None) -> Message:
        """The message when it has come to an end. Raises NotFound, and TimedOut; the message lives on then."""
        message = self.get(id_)
        if message.state.final:
            return message
        future: asyncio.Future[Message] = asyncio.get_running_loop().create_future()
        waiters = self._waiters.setdefault(id_, [])
        waiters.append(future)
        try:
            async with asyncio.timeout(timeout):
                return await future
        except TimeoutError:
            raise TimedOut(
                f"message {id_} to {message.to} has no answer after {timeout:g} seconds; it is {self.get(id_).state}",
                hint=f"It lives on: orchestratorctl messages --to {message.to} shows how far it is.",
            ) from None
        finally:
            waiters.remove(future)
            if not waiters:
                self._waiters.pop(id_, None)

    # Inside

    def _replied_to(self, draft: Draft) -> Message | None:
        if draft.reply_to is None:
            return None
        original = self.get(draft.reply_to)
        if draft.sender not in {OPERATOR, original.sender, original.to}:
            # To whom it is not addressed it does not exist.
            raise NotFound(f"there is no message {draft.reply_to!r} that {draft.sender} could reply to")
        return original

    def _known(self, draft: Draft, name: str) -> Message | None:
        known = None if draft.key is None else self._keys.get((draft.sender, draft.key, name))
        if known is None:
            return None
        message = self._messages[known]
        if message.text != draft.text:
            raise Conflict(
                f"{draft.sender} has used the key {draft.key!r} for another message to {name}, {known}",
                hint="A key stands for one message: take a new one for a new text.",
            )
        return message

    def _expect_room(self, names: list[str], draft: Draft) -> None:
        crowded = next((name for name in names if len(self._unfinished.get(name, ())) >= _MOST_WAITING), None)
        if crowded is not None:
            raise Busy(f"{crowded} has {_MOST_WAITING} unfinished messages already")
        if self._text + len(names) * len(draft.text) > _MOST_TEXT:
            raise Busy(
                "the unfinished messages hold as much text as there may be", hint="Wait until some are answered."
            )

    def _queue(self, draft: Draft, name: str, original: Message | None, now: float, expires_at: float) -> Message:
        # The number of the event that will tell of it: unlike a count of our own it outlives a damaged journal.
        id_ = f"m{self._journal.last_seq + 1}"
        message = Message(
            id=id_,
            sender=draft.sender,
            to=name,
            subject=draft.subject,
            text=draft.text,
            reply_to=draft.reply_to,
            thread=original.thread if original else id_,
            urgent=draft.urgent,
            created_at=now,
            queued_at=now,
            expires_at=expires_at,
            state=MessageState.QUEUED,
            since=now,
            key=draft.key,
        )
        self._keep(message)
        self._journal.remember(_PREFIX + id_, message.letter())
        self._journal.remember(_PREFIX + id_ + _STANDING, message.standing())
        self._tell(message, took=0.0)
        self._arm(message)
        self._forget()
        return self.move(id_, MessageState.ACCEPTED) if name == OPERATOR else message

    def _keep(self, message: Message) -> None:
        before, unfinished = self._messages.get(message.id), self._unfinished.setdefault(message.to, {})
        self._messages[message.id] = message
        if message.key is not None:
            self._keys[message.sender, message.key, message.to] = message.id
        if before is not None and not before.state.final:
            self._text -= len(before.text)
        if message.state.final:
            unfinished.pop(message.id, None)
        else:
            unfinished[message.id] = message
            self._text += len(message.text)

    def _tell(self, message: Message, *, took: float) -> None:
        words: dict[str, JsonValue] = {
            "id": message.id, "from": message.sender, "to": message.to, "thread": message.thread,
            "reply_to": message.reply_to, "state": message.state.value, "reason": message.reason,
            "attempts": message.attempts, "age": message.since - message.queued_at, "took": took,
        }  # fmt: skip
        about = message.sender if message.to == OPERATOR else message.to
        self._journal.append(f"message.{message.state}", about, **words)
        for listener in tuple(self._listeners):
            listener(message)
        for future in self._waiters.get(message.id, ()) if message.state.final else ():
            if not future.done():
                future.set_result(message)

    def _forget(self) -> None:
        for id_ in self._finished.surplus(self._clock()):
            message = self._messages.pop(id_)
            if message.key is not None:
                self._keys.pop((message.sender, message.key, message.to), None)
            self._journal.remember(_PREFIX + id_ + _STANDING, None)
            self._journal.remember(_PREFIX + id_, None)

    def _of(self, receiver: str) -> Iterable[Message]:
        return self._unfinished.get(receiver, {}).values()

    def _arm(self, message: Message) -> None:
        """One timer for all, at the earliest end; what it was set for may have come to another end meanwhile."""
        loop = asyncio.get_running_loop()
        when = loop.time() + max(0.0, message.expires_at - self._clock())
        if self._timer is None or when < self._timer.when():
            if self._timer is not None:
                self._timer.cancel()
            self._timer = loop.call_at(when, self._expire)

    def _expire(self) -> None:
        self._timer = None
        now = self._clock()
        perishable = [
            message
            for messages in self._unfinished.values()
            for message in messages.values()
            if message.state is MessageState.QUEUED or message.to == OPERATOR
        ]
        for message in perishable:
            if message.expires_at <= now:
                self.move(message.id, MessageState.EXPIRED, reason="nobody could take it in time")
            else:
                self._arm(message)
        self._forget()
