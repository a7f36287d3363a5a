"""What the daemon must know of an agent CLI, whichever it is: how it starts, reports, looks and ends."""

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, Final, Protocol

from pydantic import JsonValue

from orchestratord.config.agent import AgentConfig
from orchestratord.errors import OrchestratorError
from orchestratord.providers.telemetry import Telemetry

__all__ = [
    "NESTING",
    "Activity",
    "CannotLaunch",
    "Composer",
    "Dialog",
    "DialogKind",
    "ExitCause",
    "Launch",
    "LaunchPlace",
    "Provider",
    "Reading",
    "Step",
    "pane_environment",
]

NESTING: Final = (
    "CLAUDECODE", "CLAUDE_CODE_ENTRYPOINT", "CLAUDE_CODE_SSE_PORT", "CLAUDE_CODE_SESSION_ID",
    "CLAUDE_CODE_CHILD_SESSION", "CLAUDE_CODE_EXECPATH", "AI_AGENT",
)  # fmt: skip
"""What an agent CLI leaves for its children, and takes as a sign that it runs inside itself."""

_LONGEST_SUMMARY: Final = 300


class Activity(StrEnum):
    """What an agent does, as its hooks or its screen tell it."""

    IDLE = "idle"
    WORKING = "working"
    WAITING = "waiting"
    LIMITED = "limited"
    UNKNOWN = "unknown"


class DialogKind(StrEnum):
    """What a dialog wants. While it is up, text typed into the pane is lost, and Enter answers it."""

    PERMISSION = "permission"
    TRUST = "trust"
    LOGIN = "login"
    USAGE_LIMIT = "usage_limit"
    QUESTION = "question"


class ExitCause(StrEnum):
    """Why a process ended, as far as its status, its signal and its last screen tell."""

    FINISHED = "finished"
    CRASHED = "crashed"
    KILLED = "killed"
    OUT_OF_MEMORY = "out_of_memory"
    MISSING_BINARY = "missing_binary"
    BAD_CONFIGURATION = "bad_configuration"
    TRUST_DIALOG = "trust_dialog"
    LOGIN = "login"
    USAGE_LIMIT = "usage_limit"
    SESSION_GONE = "session_gone"
    """There was nothing to resume: the next start must be without that session."""

    @property
    def restartable(self) -> bool:
        """Whether another start may end better; otherwise a human (or the reset of a limit) has to come first."""
        return self in _RESTARTABLE


_RESTARTABLE: Final = {
    ExitCause.FINISHED, ExitCause.CRASHED, ExitCause.KILLED, ExitCause.OUT_OF_MEMORY, ExitCause.SESSION_GONE,
}  # fmt: skip


class CannotLaunch(OrchestratorError):
    """Nothing was started, because it cannot work: ``cause`` is one that is not restartable."""

    code = "cannot_launch"
    exit_status = 1
    http_status = 409

    def __init__(self, message: str, *, cause: ExitCause, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.cause = cause


@dataclass(frozen=True, slots=True)
class Dialog:
    """A dialog that is up: what it wants, and its words on one line (hostile text: escape before showing).

    ``text`` is the same at every look while the dialog is the same, wherever its pointer stands; a hook may call the
    same dialog by other words, or by none.
    """

    kind: DialogKind
    text: str = ""

    @property
    def id(self) -> str:
        """Tells it from every other; whoever answers says which one he has seen."""
        return hashlib.sha256(f"{self.kind}\n{self.text}".encode("utf-8", "replace")).hexdigest()[:12]

    @property
    def summary(self) -> str:
        """Its words, as many as a line may hold."""
        return self.text if len(self.text) <= _LONGEST_SUMMARY else f"{self.text[: _LONGEST_SUMMARY - 1]}…"


@dataclass(frozen=True, slots=True)
class Composer:
    """What stands in the prompt box, unsent: ``text`` as it is shown, "" for an empty one.

    The CLI has wrapped it, so no white space in it can be relied on. ``lines`` or ``characters``: the text is folded
    to a placeholder for a paste with so many line breaks or characters; both None when it is shown as it is.
    """

    text: str
    lines: int | None = None
    characters: int | None = None

    @property
    def collapsed(self) -> bool:
        """Whether a placeholder stands for the text."""
        return self.lines is not None or self.characters is not None


@dataclass(frozen=True, slots=True)
class Reading:
    """What one hook or one look at the screen tells. ``None`` means: nothing said about that.

    ``why`` names the signal (``hook Stop``, ``screen: permission dialog``). ``limited_until`` is Unix seconds;
    None although limited: the time is not known. ``can_resume``: from now on ``session_id`` can (not) be resumed.
    ``prompt`` is the text of the turn that began, ``reply`` the answer of the one that ended, ``error`` the failure
    it ended with.
    ``ready`` is true for what also proves that the CLI has started and takes input.
    """

    activity: Activity
    why: str
    dialog: Dialog | None = None
    limited_until: float | None = None
    session_id: str | None = None
    reply: str | None = None
    error: str | None = None
    prompt: str | None = None
    can_resume: bool | None = None

    @property
    def ready(self) -> bool:
        """Whether it has started: every activity but unknown, unless a dialog stands before the first prompt."""
        before_the_prompt = self.dialog is not None and self.dialog.kind in {DialogKind.TRUST, DialogKind.LOGIN}
        return self.activity is not Activity.UNKNOWN and not before_the_prompt


@dataclass(frozen=True, slots=True)
class LaunchPlace:
    """Where and for what one start is prepared.

    ``directory`` belongs to this agent alone; ``socket`` and ``spool`` are where its hooks report; ``python`` is the
    interpreter for our own programs; ``home`` the agent's HOME; ``launch_id`` is new with every start; ``resume``
    the session to go on with (None: a new one); ``personality`` the text that tells the agent who it is, may be "".
    ``telemetry``: where it may report its use of tokens; None: nobody asks.
    """

    directory: Path
    socket: Path
    spool: Path
    python: str
    work_dir: Path
    home: Path
    launch_id: str
    resume: str | None = None
    personality: str = ""
    telemetry: Telemetry | None = None


@dataclass(frozen=True, slots=True)
class Launch:
    """Everything for one start: ``files`` are written first (0600, folders 0700), then ``argv`` is the pane's process.

    ``env`` is added to the pane's environment and ``drop_env`` taken out of it; ``session_id`` is the session that
    will be running, None where the CLI has none.
    """

    argv: tuple[str, ...]
    env: Mapping[str, str]
    drop_env: tuple[str, ...] = NESTING
    files: Mapping[Path, str] = field(default_factory=dict)
    session_id: str | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One rung of the polite way to end: press these keys (tmux's names), then wait at most so many seconds."""

    keys: tuple[str, ...]
    patience: float = 2.0


class Provider(Protocol):
    """One agent CLI. Everything but ``prepare`` is pure and cheap enough for the event loop."""

    @property
    def name(self) -> str:
        """As the configuration calls it."""

    @property
    def ready_deadline(self) -> float:
        """Seconds after which a start that never became ready is called unknown (it is not killed for it)."""

    @property
    def hooks_tell(self) -> bool:
        """Whether hooks report its activity; the screen then only adds dialogs and limits."""

    @property
    def resumable(self) -> bool:
        """Whether a session can be resumed by its id."""

    @property
    def quit_steps(self) -> tuple[Step, ...]:
        """The polite way to end it, before any signal; empty where a signal is the polite way (SIGINT comes first)."""

    @property
    def submit_key(self) -> str:
        """The key that sends what was entered, in tmux's names."""

    def prepare(self, agent: AgentConfig, place: LaunchPlace) -> Launch:
        """Say what to start. Looks at the disk for the program, so call it in a thread; it writes nothing.

        Raises:
            CannotLaunch: the program is not there.
        """

    def read_hook(self, payload: Mapping[str, Any], now: float) -> Reading | None:
        """What a hook's JSON tells; None for one that says nothing about activity.

        ``now`` (Unix seconds) is when it was told, which dates a reset time.
        """

    def read_screen(self, screen: str, title: str, now: float) -> Reading | None:
        """What the pane's visible text and title tell; None: nothing. ``now`` (Unix seconds) dates a reset time."""

    def read_composer(self, screen: str) -> Composer | None:
        """What stands in the prompt box; None where none is seen: a dialog is up, or something else altogether."""

    def approve_keys(self, dialog: Dialog) -> tuple[str, ...]:
        """The keys that say yes to a dialog as ``read_screen`` told it; empty: only a human at the pane can.

        They should do no harm where the dialog has just gone: a digit rather than Enter. To a used-up limit it is the
        answer that waits for its reset.
        """

    def deny_keys(self, dialog: Dialog) -> tuple[str, ...]:
        """The keys that say no to it, likewise."""

    def asked_tool(self, payload: Mapping[str, Any]) -> str | None:
        """The tool that a hook's JSON asks permission for, where the hook may answer that; None for any other hook."""

    def hook_answer(self, *, allow: bool) -> Mapping[str, JsonValue]:
        """What such a hook has to say, as JSON on its standard output, for yes or for no."""

    def classify_exit(self, status: int | None, signal: int | None, screen: str) -> ExitCause:
        """Why it ended; ``status`` and ``signal`` may both be None where nobody could say."""


def pane_environment(agent: AgentConfig, place: LaunchPlace) -> dict[str, str]:
    """What every agent's process gets: who it is and where it reports, then the configuration's own variables.

    Our own programs come last on its PATH, so that it finds orchestratorctl wherever we are installed.
    """
    path = agent.env.get("PATH") or os.environ.get("PATH") or os.defpath
    ours = str(Path(place.python).parent)
    return {
        **agent.env,
        "PATH": path if ours in path.split(os.pathsep) else f"{path}{os.pathsep}{ours}",
        "ORCHESTRATOR_AGENT": agent.name,
        "ORCHESTRATOR_LAUNCH": place.launch_id,
        "ORCHESTRATOR_SOCKET": str(place.socket),
        "ORCHESTRATOR_SPOOL": str(place.spool),
    }
