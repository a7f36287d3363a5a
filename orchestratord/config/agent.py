"""One agent, as it may be written."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Annotated, Final, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema, model_validator

from orchestratord.config.section import (
    Count,
    CpuQuota,
    Duration,
    FileName,
    Name,
    Pattern,
    PositiveDuration,
    Section,
    Size,
    Text,
    compile_pattern,
    count,
    key_fault,
)
from orchestratord.config.units import write_duration
from orchestratord.config.wording import quote

__all__ = [
    "COMMAND_ONLY",
    "EVERYBODY",
    "AgentConfig",
    "DialogsConfig",
    "LimitsConfig",
    "Patterns",
    "ProviderName",
    "RestartConfig",
]

ProviderName = Literal["claude", "codex", "gemini", "opencode", "standin", "command"]
RestartPolicy = Literal["never", "on-failure", "always"]
DialogPolicy = Literal["ask", "allow", "deny"]

_KEY: Final = re.compile(
    r"(?:[CMS]-)*(?:[!-~]|Enter|Escape|Space|Tab|BTab|BSpace|Up|Down|Left|Right|Home|End|"
    r"PageUp|PPage|PageDown|NPage|Insert|IC|Delete|DC|F(?:[1-9]|1[0-2]))"
)
COMMAND_ONLY: Final = ("command", "ready_pattern", "working_pattern", "waiting_pattern", "quit_keys", "submit_key")
EVERYBODY: Final = "all"
_OWN_VARIABLES: Final = ("ORCHESTRATOR_", "TMUX")


def _key(name: str) -> str:
    if not _KEY.fullmatch(name):
        raise ValueError(f"{quote(name)} is no key that tmux knows: write Enter, Escape, C-c, M-x, F1 or one character")
    return name


def _variable(name: str) -> str:
    if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name):
        raise ValueError(f"{quote(name)} cannot be a variable's name: letters, digits and _, no digit first")
    if name.startswith(_OWN_VARIABLES):
        raise ValueError(f'"{name}" is set by the daemon itself: choose another name')
    return name


PaneIndex = Annotated[int, BeforeValidator(count(0, 10_000)), WithJsonSchema({"type": "integer", "minimum": 0})]
Key = Annotated[Text, AfterValidator(_key)]
Variable = Annotated[Text, AfterValidator(_variable)]


@dataclass(frozen=True, slots=True)
class Patterns:
    """What a screen shows in which activity; None where nobody said."""

    ready: re.Pattern[str] | None
    working: re.Pattern[str] | None
    waiting: re.Pattern[str] | None


class RestartConfig(Section):
    """When an agent whose process has ended is started again. Durations are seconds."""

    policy: RestartPolicy = Field(
        default="on-failure", description="never, on-failure (it crashed or was killed) or always (also after exit 0)."
    )
    backoff: Duration = Field(
        default=1.0, description="The wait before the second restart in a row; it doubles with each further one."
    )
    backoff_max: Duration = Field(default=300.0, description="The longest wait between two restarts.")
    burst: Count = Field(default=5, description="So many restarts within the window, then the agent has failed.")
    window: PositiveDuration = Field(default=600.0, description="The time in which restarts are counted.")
    stable_after: Duration = Field(
        default=600.0, description="After so long without an end the earlier restarts are forgotten."
    )

    @model_validator(mode="after")
    def _backoff_grows(self) -> Self:
        if self.backoff > self.backoff_max:
            longest = write_duration(self.backoff_max)
            wrong = f"{write_duration(self.backoff)} is longer than backoff_max ({longest})"
            raise key_fault("backoff", f"{wrong}: shorten it, or raise backoff_max")
        return self


class LimitsConfig(Section):
    """What one agent's whole process tree may use."""

    memory_max: Size | None = Field(default=None, description="Memory in bytes, such as 4G.")
    cpu_quota: CpuQuota | None = Field(default=None, description="CPU time; 200% is two whole cores.")
    tasks_max: Count | None = Field(default=None, description="Processes and threads at a time.")


class DialogsConfig(Section):
    """Who answers when the agent CLI asks whether a tool may run, where its hooks can be answered."""

    policy: DialogPolicy = Field(
        default="ask",
        description="ask (a human answers), allow (yes to the tools of allow) or deny (no to every tool).",
    )
    allow: tuple[Text, ...] = Field(
        default=(), description="Policy allow: the tools that may run, others are asked about; none listed: every tool."
    )

    @model_validator(mode="after")
    def _a_list_belongs_to_allow(self) -> Self:
        if self.allow and self.policy != "allow":
            raise key_fault("allow", f"is for policy allow only; here the policy is {self.policy}")
        return self


class AgentConfig(Section):
    """One interactive agent CLI in one pane. After loading, every path is absolute."""

    name: Name = Field(description="Unique; small letters, digits, _ and -, a letter first, at most 32 characters.")
    role: Text = Field(default="", description="What it is for, shown beside its name. Default: its name.")
    personality_prompt_path: FileName | None = Field(
        default=None, description="A text file (UTF-8) that tells the agent who it is; relative to this file."
    )
    provider: ProviderName = Field(default="claude", description="Which agent CLI runs in the pane.")
    command: tuple[Text, ...] = Field(
        default=(), description="Provider command: the program and its arguments, one list item each; no shell."
    )
    ready_pattern: Pattern | None = Field(
        default=None, description="Provider command: the screen shows this when it waits for input, nothing typed yet."
    )
    working_pattern: Pattern | None = Field(
        default=None, description="Provider command: the screen shows this while it works."
    )
    waiting_pattern: Pattern | None = Field(
        default=None, description="Provider command: the screen shows this while a dialog asks a human."
    )
    quit_keys: tuple[Key, ...] = Field(
        default=("C-c",), description="Provider command: the keys that end it politely, in tmux's names."
    )
    submit_key: Key = Field(default="Enter", description="Provider command: the key that sends what was typed.")
    args: tuple[Text, ...] = Field(default=(), description="More arguments for the agent CLI.")
    env: Mapping[Variable, Text] = Field(default_factory=dict, description="More environment for the agent's process.")
    work_dir: FileName = Field(
        default=Path(), description="Where the agent works; relative to the cluster's work_dir, which is the default."
    )
    restart: RestartConfig = Field(
        default_factory=RestartConfig, description="When it is started again after its process has ended."
    )
    reports_to: Name | None = Field(
        default=None, description="The agent it works for; these two may always write to each other."
    )
    may_message: tuple[Text, ...] = Field(
        default=(EVERYBODY,), description="To whom it may write: agents' names, roles, or all. Replying is always free."
    )
    limits: LimitsConfig | None = Field(default=None, description="What its process tree may use.")
    dialogs: DialogsConfig = Field(
        default_factory=DialogsConfig, description="Who answers when it asks whether a tool may run."
    )
    marker: Text = Field(default="", description="Read from older files; not needed any more.")
    pane_index: PaneIndex | None = Field(default=None, description="Read from older files; not needed any more.")
    wait_time: Duration | None = Field(default=None, description="Read from older files; not needed any more.")
    poll_interval: Duration | None = Field(default=None, description="Read from older files; not needed any more.")

    @cached_property
    def patterns(self) -> Patterns:
        """The three patterns, compiled."""
        given = (self.ready_pattern, self.working_pattern, self.waiting_pattern)
        return Patterns(*(compile_pattern(pattern) if pattern else None for pattern in given))

    @model_validator(mode="after")
    def _role_is_the_name_unless_given(self) -> Self:
        if not self.role:
            # The model is frozen for everybody else; here it is still being made.
            object.__setattr__(self, "role", self.name)
        return self

    @model_validator(mode="after")
    def _belongs_to_its_provider(self) -> Self:
        if self.provider == "command":
            if not self.command or not self.command[0]:
                raise key_fault("command", 'is missing: provider command needs the program, such as ["bash", "-i"]')
        elif foreign := [key for key in COMMAND_ONLY if key in self.model_fields_set]:
            raise key_fault(foreign[0], f"is for provider command only; this agent's provider is {self.provider}")
        return self
