"""What may be written in a configuration, with every default. Durations are seconds, sizes bytes, shares percent.

``Configuration`` is what the daemon lives by; it never changes, a reload makes a new one. Read one with
:func:`orchestratord.config.load.load`, which also makes every path absolute.
"""

import logging
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Final, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema, model_validator

from orchestratord.config.agent import AgentConfig, LimitsConfig, Patterns, RestartConfig
from orchestratord.config.notifications import NotificationsConfig
from orchestratord.config.section import (
    Count,
    Duration,
    FileName,
    Flag,
    PositiveDuration,
    Section,
    SessionName,
    Size,
    Text,
    count,
    key_fault,
)
from orchestratord.config.thresholds import Thresholds
from orchestratord.config.wording import quote

__all__ = [
    "AgentConfig",
    "BackupConfig",
    "ClusterConfig",
    "Configuration",
    "HttpConfig",
    "LimitsConfig",
    "LoggingConfig",
    "MessagesConfig",
    "MonitoringConfig",
    "NotificationsConfig",
    "Patterns",
    "RestartConfig",
    "Thresholds",
    "TlsConfig",
]

_MOST_AGENTS: Final = 256
_LARGEST_MESSAGE: Final = 768 << 10
"""A message travels in one line of at most 1 MiB on the socket, escaped as JSON."""


def _host(host: str) -> str:
    name = host.strip("[]")
    if not name:
        raise ValueError("is empty: write 127.0.0.1, or 0.0.0.0 for every address of the machine")
    if not re.fullmatch(r"[0-9A-Za-z.:_-]+", name):
        raise ValueError(f"{quote(host)} is not a host: write a name or an address without scheme and port")
    return name


def _level(value: object) -> object:
    return value.upper() if isinstance(value, str) and value.upper() in logging.getLevelNamesMapping() else value


def _cluster_name(name: str) -> str:
    if not name.strip() or len(name) > 64 or not name.isprintable():
        raise ValueError("must be one to 64 printable characters")
    return name


Host = Annotated[Text, AfterValidator(_host)]
ListenPort = Annotated[
    int, BeforeValidator(count(0, 65_535)), WithJsonSchema({"type": "integer", "minimum": 0, "maximum": 65_535})
]
Keep = Annotated[
    int, BeforeValidator(count(0, 10_000)), WithJsonSchema({"type": "integer", "minimum": 0, "maximum": 10_000})
]
LogLevel = Annotated[Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"], BeforeValidator(_level)]


class ClusterConfig(Section):
    """The agents as a whole."""

    name: Annotated[Text, AfterValidator(_cluster_name)] = Field(
        default="orchestrator-cc", description="The cluster's name, shown wherever there may be several."
    )
    session_name: SessionName = Field(
        default="orchestrator-cc", description="The tmux session that holds the panes: tmux attach -t NAME."
    )
    work_dir: FileName = Field(default=Path(), description="Where the agents work; absolute, or relative to this file.")


class MonitoringConfig(Section):
    """How often is looked, and what is worth an alert."""

    check_interval: PositiveDuration = Field(default=5.0, description="The time between two looks at the agents.")
    agent_timeout: PositiveDuration = Field(
        default=60.0, description="An agent that has not become ready by then has not started."
    )
    max_idle_time: PositiveDuration = Field(default=300.0, description="After so long without work an agent is idle.")
    telemetry: Flag = Field(
        default=True, description="Whether agents that can are asked to report their tokens and cost to the web door."
    )
    thresholds: Thresholds = Field(default_factory=Thresholds, description="From where on a figure is worth an alert.")

    @model_validator(mode="after")
    def _idle_follows_max_idle_time(self) -> Self:
        idle = self.thresholds.idle
        wished = {"warning": self.max_idle_time, "error": 2 * self.max_idle_time, "critical": 3 * self.max_idle_time}
        follows = {level: seconds for level, seconds in wished.items() if level not in idle.model_fields_set}
        settled = self.thresholds.model_copy(update={"idle": idle.model_copy(update=follows)})
        # The model is frozen for everybody else; here it is still being made.
        object.__setattr__(self, "thresholds", settled)
        return self


class TlsConfig(Section):
    """HTTPS by certificate files; both are needed."""

    cert: FileName = Field(description="The certificate chain, PEM.")
    key: FileName = Field(description="Its private key, PEM.")


class HttpConfig(Section):
    """The web door. Tokens are made with ``orchestratorctl token create`` and are no part of this file."""

    host: Host = Field(default="127.0.0.1", description="Where it listens. Beyond loopback a token must exist first.")
    port: ListenPort = Field(default=8000, description="Its port; 0 takes any that is free.")
    tls: TlsConfig | None = Field(default=None, description="HTTPS by certificate files.")
    allowed_hosts: tuple[Text, ...] = Field(
        default=(), description="Host names, besides the one it listens on and localhost, under which it answers."
    )


class ScheduleConfig(Section):
    """When backups are made and proven."""

    every: PositiveDuration = Field(default=3600.0, description="The time between two backups.")
    verify_every: PositiveDuration = Field(
        default=604_800.0, description="The time between two trials to restore the latest one."
    )


class KeepConfig(Section):
    """How many backups are kept: the latest of so many hours, days, weeks and months."""

    hourly: Keep = Field(default=24, description="One of each of so many hours.")
    daily: Keep = Field(default=30, description="One of each of so many days.")
    weekly: Keep = Field(default=13, description="One of each of so many weeks.")
    monthly: Keep = Field(default=12, description="One of each of so many months.")

    @model_validator(mode="after")
    def _something_is_kept(self) -> Self:
        if not (self.hourly or self.daily or self.weekly or self.monthly):
            raise key_fault("daily", "0 everywhere would delete every backup: keep at least one")
        return self


class BackupConfig(Section):
    """Copies of the state and this configuration."""

    directory: FileName | None = Field(
        default=None, description="Where they are kept. Default: backups in the state directory."
    )
    schedule: ScheduleConfig | None = Field(
        default=None, description="When backups are made by themselves; without it only on command."
    )
    keep: KeepConfig = Field(default_factory=KeepConfig, description="How many are kept.")


def _message_size(size: int) -> int:
    if not 0 < size <= _LARGEST_MESSAGE:
        raise ValueError("must be more than 0 and at most 768KiB: a message travels in one line of 1 MiB")
    return size


class MessagesConfig(Section):
    """Messages between agents."""

    expire_after: PositiveDuration = Field(
        default=3600.0, description="A message that could not be delivered for so long expires."
    )
    max_size: Annotated[Size, AfterValidator(_message_size)] = Field(
        default=256 << 10, description="The largest message, in bytes of UTF-8."
    )
    queue_while_working: Flag = Field(
        default=False, description="Hand a message over while its agent still works, to be queued by the agent CLI."
    )
    human_pause: Duration = Field(
        default=3.0, description="Nothing is typed into a pane in which a person has pressed a key so recently."
    )
    max_attempts: Count = Field(default=5, description="A message that was typed so often without being taken is dead.")


def _log_size(size: int) -> int:
    if size < 64 << 10:
        raise ValueError("must be at least 64KiB")
    return size


class LoggingConfig(Section):
    """What is logged and how long it is kept."""

    level: LogLevel = Field(default="INFO", description="DEBUG, INFO, WARNING, ERROR or CRITICAL.")
    format: Literal["text", "json"] = Field(default="text", description="text for people, json for machines.")
    max_size: Annotated[Size, AfterValidator(_log_size)] = Field(
        default=10 << 20, description="A log file that has grown so large is rotated."
    )
    compress_after: PositiveDuration = Field(
        default=30 * 86_400.0, description="Older rotated files are compressed into archive/."
    )
    keep: PositiveDuration = Field(default=90 * 86_400.0, description="Older ones are deleted.")


class Configuration(Section):
    """Everything. Sections that are not written have their defaults; at least one agent must be there."""

    cluster: ClusterConfig = Field(default_factory=ClusterConfig, description="The agents as a whole.")
    agents: tuple[AgentConfig, ...] = Field(
        min_length=1, max_length=_MOST_AGENTS, description="The agents, in the order of their panes; at least one."
    )
    monitoring: MonitoringConfig = Field(
        default_factory=MonitoringConfig, description="How often is looked, and what is worth an alert."
    )
    http: HttpConfig = Field(default_factory=HttpConfig, description="The web door.")
    notifications: NotificationsConfig = Field(
        default_factory=NotificationsConfig, description="Where alerts are sent."
    )
    backup: BackupConfig = Field(default_factory=BackupConfig, description="Copies of the state.")
    messages: MessagesConfig = Field(default_factory=MessagesConfig, description="Messages between agents.")
    logging: LoggingConfig = Field(default_factory=LoggingConfig, description="What is logged and how long it is kept.")

    @property
    def by_name(self) -> Mapping[str, AgentConfig]:
        """The agents by their names, in the order of the file."""
        return {agent.name: agent for agent in self.agents}
