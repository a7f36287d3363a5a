"""The stand-in itself: one conversation, one turn at a time, and a dialog that may stand in the way."""

import time
from typing import TYPE_CHECKING

from orchestratord.standin import script
from orchestratord.standin.composer import Composer
from orchestratord.standin.hooks import Hooks, behavior
from orchestratord.standin.keys import Key, Paste, Typed
from orchestratord.standin.screen import Screen
from orchestratord.standin.session import Session, new_id
from orchestratord.standin.terminal import Terminal
from orchestratord.standin.turn import Ask, Failed, Line, Talk, Turn, Work

if TYPE_CHECKING:
    from orchestratord.standin.errand import Errands

__all__ = ["Agent", "Ended"]

_BEAT = 0.5
"""Seconds between two pictures of the spinner."""
_SPINNER = "✢✳✶✻✽"
_NOTIFY_AFTER = 6.0
"""Seconds until a permission dialog is reported a second time, as a notification."""
_INTERRUPTED = "  ⎿  Interrupted · What should Claude do instead?"


class Ended(BaseException):
    """The program ends now: its exit status, and the reason that SessionEnd reports."""

    def __init__(self, status: int, reason: str = "other") -> None:
        super().__init__(status)
        self.status = status
        self.reason = reason


class Agent:
    """Takes keys and the passing of time (monotonic seconds), and paints what became of them."""

    def __init__(self, terminal: Terminal, hooks: Hooks, session: Session, home: str, folder: str, name: str) -> None:
        self.session = session
        self._terminal = terminal
        self._screen = Screen(terminal, name)
        self._hooks = hooks
        self._home = home
        self._folder = folder
        self._name = name
        self._composer = Composer()
        self._queue: list[str] = []
        self._source = "startup"
        self._prompt = ""
        self._turn: Turn | None = None
        self._turn_began = 0.0
        self._work: Work | None = None
        self._work_ends = 0.0
        self._errands: Errands | None = None
        self._dialog: Ask | None = None
        self._notify_at: float | None = None
        self._warned = False
        self._beat = 0

    # ---- beginning and end

    def begin(self, source: str, first_prompt: str) -> None:
        """Show what was said before, report the start, and take the first prompt if there is one."""
        self._source = source
        if first_prompt in {"crash", "hang", "ask trust"}:
            self._begin_turn(script.turn(first_prompt, self.session))
            return
        self._screen.say(f"╭─ Stand-in for Claude Code ─╮\n  {self._folder}\n")
        for speaker, text in self.session.messages:
            self._screen.say(_as_said(speaker, text))
        self.paint()
        self._report("SessionStart", source=source)
        if first_prompt:
            self._submit(first_prompt)

    def end(self, ended: Ended) -> None:
        """Say the last words and report the end."""
        self._screen.leave()
        if self.session.messages:
            self._terminal.write("Resume this session with:\r\n")
            self._terminal.write(f"python -m orchestratord.standin --resume {self.session.id}\r\n")
        self._report("SessionEnd", reason=ended.reason)

    # ---- what comes in

    def take(self, event: Key | Typed | Paste, now: float) -> None:
        """One key, typed text or paste."""
        warned, self._warned = self._warned, False
        if self._dialog is not None:
            self._answer(event)
        elif isinstance(event, Typed):
            self._composer.type(event, now)
        elif isinstance(event, Paste):
            self._composer.paste(event)
        elif event == "enter":
            self._enter(now)
        elif event == "escape" and self._turn is not None:
            self._cancel()
        elif event == "ctrl-c":
            self._ctrl_c(warned=warned)
        elif event == "backspace":
            self._composer.backspace()
        elif event == "ctrl-u":
            self._composer.clear()

    def pass_time(self, now: float) -> None:
        """Whatever is due by now."""
        if self._notify_at is not None and now >= self._notify_at:
            self._notify_at = None
            message = "Claude needs your permission"
            self._report("Notification", message=message, notification_type="permission_prompt")
        if self._work is not None or self._errands is not None:
            self._beat += 1
        if self._work is not None and now >= self._work_ends:
            self._work = None
            self._go_on()
        if self._errands is not None:
            self._errands.pass_time(now)
            self._come_home()

    def ears(self) -> list[int]:
        """What else becomes readable: where the daemon answers."""
        return [] if self._errands is None else self._errands.ears()

    def hear(self, descriptor: int) -> None:
        """One of them has."""
        if self._errands is not None:
            self._errands.hear(descriptor)
            self._come_home()

    def due(self) -> float | None:
        """When something is due next; None while there is nothing to wait for but keys."""
        times = []
        if self._notify_at is not None:
            times.append(self._notify_at)
        if self._work is not None:
            times.append(min(self._work_ends, time.monotonic() + _BEAT))
        if self._errands is not None:
            times += [time.monotonic() + _BEAT, *self._errands.due()]
        return min(times, default=None)

    # ---- turns

    def _enter(self, now: float) -> None:
        text = self._composer.enter(now)
        if text is None or not text.strip():
            return
        if self._turn is not None:
            self._queue.append(text)
        else:
            self._submit(text)

    def _submit(self, text: str) -> None:
        if text in {"/exit", "/quit"}:
            raise Ended(0, "prompt_input_exit")
        self._screen.say(_as_said("user", text))
        if text == "/clear":
            self._clear()
            return
        self._prompt = text
        self._report("UserPromptSubmit", permission_mode="default", prompt=text)
        self.session.add("user", text)
        self._begin_turn(script.turn(text, self.session))

    def _clear(self) -> None:
        self._report("SessionEnd", reason="clear")
        self.session = Session(self._home, self._folder, new_id())
        self._report("SessionStart", source="clear")

    def _begin_turn(self, turn: Turn) -> None:
        self._turn = turn
        self._turn_began = time.monotonic()
        self._go_on()

    def _go_on(self, *, answer: bool | None = None) -> None:
        """Let the turn run until it has to wait for time, for a human or for other agents, or is over."""
        while self._turn is not None:
            try:
                step = self._turn.send(answer)
            except StopIteration as stop:
                self._finish(stop.value)
                return
            except Failed as failed:
                self._fail(failed)
                return
            answer = None
            if isinstance(step, Line):
                self._screen.say(step.text)
            elif isinstance(step, Work):
                self._work = step
                self._work_ends = time.monotonic() + step.seconds
                return
            elif isinstance(step, Talk):
                from orchestratord.standin.errand import Errands  # sockets take a while to import

                self._errands = Errands(step)
                return
            else:
                answer = self._ask(step)
                if answer is None:
                    return

    def _come_home(self) -> None:
        """Go on with the turn, once every message has come to something."""
        if self._errands is not None and self._errands.over:
            self._errands = None
            self._go_on()

    def _finish(self, reply: str) -> None:
        self._turn = None
        if not self._prompt:  # a dialog before the first prompt: nobody asked, so nobody is answered
            self.begin(self._source, "")
            return
        self._screen.say(f"{_as_said('assistant', reply)}\n✻ Baked for {time.monotonic() - self._turn_began:.0f}s\n")
        self.session.add("assistant", reply)
        self.paint()
        self._report("Stop", permission_mode="default", stop_hook_active=False, last_assistant_message=reply)
        self._next_in_queue()

    def _fail(self, failed: Failed) -> None:
        self._turn = None
        mark = "● " if failed.then is None else "  ⎿  "
        self._screen.say(f"{mark}{failed.words}\n\n✻ Baked for 0s\n")
        self.paint()
        self._report("StopFailure", error=failed.kind, last_assistant_message=failed.words)
        if failed.then is not None:
            self._screen.say("❯ /rate-limit-options\n")
            self._dialog = failed.then
        else:
            self._next_in_queue()

    def _next_in_queue(self) -> None:
        if self._queue:
            self._submit(self._queue.pop(0))

    def _cancel(self) -> None:
        """End the turn without a word to any hook. The prompt goes back into an empty box, as if never sent."""
        self._turn = self._work = None
        if self._errands is not None:
            self._errands.drop()
            self._errands = None
        if self._composer.empty and not self._queue:
            self._composer.paste(self._prompt)
        else:
            self._screen.say(f"{_INTERRUPTED}\n")
        self._next_in_queue()

    def _ctrl_c(self, *, warned: bool) -> None:
        if self._turn is not None:
            self._cancel()
        elif not self._composer.empty:
            self._composer.clear()
        elif warned:
            raise Ended(0, "prompt_input_exit")
        else:
            self._warned = True

    # ---- dialogs

    def _ask(self, ask: Ask) -> bool | None:
        """Put up a dialog; the answer at once where a hook gives it."""
        if not ask.tool:
            self._dialog = ask
            return None
        tool = {"permission_mode": "default", "tool_name": ask.tool, "tool_input": ask.tool_input}
        self._report("PreToolUse", **tool)
        self._dialog = ask
        self.paint()
        behaviors = [behavior(answer) for answer in self._report("PermissionRequest", **tool)]
        if "deny" in behaviors:  # unlike a human's no it does not end the turn
            self._dialog = None
            return False
        if "allow" in behaviors:
            self._close(said=True)
            return True
        if self._hooks.asked("Notification"):
            self._notify_at = time.monotonic() + _NOTIFY_AFTER
        return None

    def _answer(self, event: Key | Typed | Paste) -> None:
        """Enter and 1 are yes, Esc and the last option are no; everything else is lost, Ctrl+C too."""
        if event == "enter" or (isinstance(event, Typed) and event == "1"):
            said = True
        elif event == "escape" or (isinstance(event, Typed) and event == self._last_option()):
            said = False
        else:
            return
        self._close(said=said)
        if self._turn is not None:
            self._go_on(answer=said)

    def _last_option(self) -> str:
        lines = [] if self._dialog is None else self._dialog.lines
        return str(sum(line.lstrip(" ❯")[1:3] == ". " for line in lines))

    def _close(self, *, said: bool) -> None:
        ask, self._dialog, self._notify_at = self._dialog, None, None
        if ask is None or not ask.tool:
            return
        if said:
            tool = {"tool_name": ask.tool, "tool_input": ask.tool_input, "tool_response": {"stdout": "", "stderr": ""}}
            self._report("PostToolUse", permission_mode="default", **tool)
        else:
            self._turn = None
            self._screen.say(f"{_INTERRUPTED}\n")
            self._next_in_queue()

    # ---- what goes out

    def _report(self, event: str, **fields: object) -> list[dict[str, object]]:
        about = {"session_id": self.session.id, "transcript_path": self.session.path, "cwd": self._folder}
        return self._hooks.run(event, {**about, "hook_event_name": event, **fields})

    def resized(self) -> None:
        """The terminal has another size."""
        self._screen.again()

    def paint(self) -> None:
        """Show the state of things."""
        name = self._name or "Claude Code"
        busy = self._turn is not None and self._dialog is None
        self._terminal.title(f"{'⠂⠐'[self._beat % 2] if busy else '✳'} {name}")
        if self._dialog is not None:
            self._screen.dialog(self._dialog.lines)
            return
        above = [self._working(), ""] if busy else []
        above += [f"  ❯ {text.splitlines()[0]}" for text in self._queue]
        self._screen.box(above, self._composer.shown(), self._hint(busy=busy))

    def _working(self) -> str:
        picture = _SPINNER[self._beat % len(_SPINNER)]
        if self._work is not None and self._work.retrying:
            return f"{picture} API error · Retrying in 1s · {self._work.retrying}"
        return f"{picture} Pondering… ({time.monotonic() - self._turn_began:.0f}s · ↓ 10 tokens)"

    def _hint(self, *, busy: bool) -> str:
        if self._warned:
            return "  Press Ctrl-C again to exit"
        if not self._composer.empty:
            return ""
        return "  esc to interrupt" if busy else "  ? for shortcuts"


def _as_said(speaker: str, text: str) -> str:
    mark = "❯ " if speaker == "user" else "● "
    return mark + text.replace("\n", "\n  ") + "\n"
