"""The hooks of a settings file, run as Claude Code runs them: a command gets JSON on its standard input."""

import json
import os
import re
import select
import signal

__all__ = ["Hooks", "behavior"]

_MATCHED = {
    "SessionStart": "source",
    "SessionEnd": "reason",
    "Notification": "notification_type",
    "PreToolUse": "tool_name",
    "PostToolUse": "tool_name",
    "PermissionRequest": "tool_name",
    "StopFailure": "error",
}
"""Which field of an event a ``matcher`` is about."""
_TIMEOUT = 60.0


class _Group:
    """Commands with their timeouts in seconds, and which events they are for."""

    def __init__(self, group: dict[str, object]) -> None:
        self.matcher = str(group.get("matcher", ""))
        hooks = group["hooks"]
        self.commands: list[tuple[str, float]] = []
        if isinstance(hooks, list):
            self.commands = [(hook["command"], float(hook.get("timeout", _TIMEOUT))) for hook in hooks]


class Hooks:
    """Runs the commands of an event one after the other and waits for each, at most as long as its ``timeout``."""

    def __init__(self, settings: str) -> None:
        """``settings`` is a file's path, or "" for no hooks.

        Raises:
            OSError, ValueError, KeyError: the file is not there, no JSON, or not of this format.
        """
        self._groups: dict[str, list[_Group]] = {}
        if settings:
            with open(settings, encoding="utf-8") as file:
                hooks = json.load(file).get("hooks", {})
            self._groups = {event: [_Group(group) for group in groups] for event, groups in hooks.items()}

    def asked(self, event: str) -> bool:
        """Whether anybody wants to hear of it."""
        return event in self._groups

    def run(self, event: str, fields: dict[str, object]) -> list[dict[str, object]]:
        """Tell of an event; returns the JSON objects that the hooks answered with."""
        answers: list[dict[str, object]] = []
        subject = str(fields.get(_MATCHED.get(event, ""), ""))
        for group in self._groups.get(event, []):
            if group.matcher in {"", "*"} or re.fullmatch(group.matcher, subject):
                answers += [_run(command, timeout, fields) for command, timeout in group.commands]
        return [answer for answer in answers if answer]


def _run(command: str, timeout: float, fields: dict[str, object]) -> dict[str, object]:
    """Files in memory instead of pipes: whatever the command reads or writes, nobody waits for anybody."""
    given, said = os.memfd_create("hook-input"), os.memfd_create("hook-output")
    try:
        with open(given, "wb", closefd=False) as file:
            file.write(json.dumps(fields, ensure_ascii=False).encode("utf-8", "replace"))
        os.lseek(given, 0, os.SEEK_SET)
        streams = [(os.POSIX_SPAWN_DUP2, given, 0), (os.POSIX_SPAWN_DUP2, said, 1), (os.POSIX_SPAWN_DUP2, said, 2)]
        argv = ["/bin/sh", "-c", command]
        pid = os.posix_spawn(argv[0], argv, os.environ, file_actions=streams, setsigdef=[signal.SIGTERM, signal.SIGINT])
        _wait(pid, timeout)
        os.lseek(said, 0, os.SEEK_SET)
        with open(said, "rb", closefd=False) as file:
            return _answer(file.read())
    finally:
        os.close(given)
        os.close(said)


def _wait(pid: int, timeout: float) -> None:
    descriptor = os.pidfd_open(pid)
    try:
        poll = select.poll()
        poll.register(descriptor, select.POLLIN)
        if not poll.poll(timeout * 1000):
            os.kill(pid, signal.SIGKILL)
    finally:
        os.close(descriptor)
        os.waitpid(pid, 0)


def _answer(said: bytes) -> dict[str, object]:
    try:
        answer = json.loads(said)
    except ValueError:
        return {}
    return answer if isinstance(answer, dict) else {}


def behavior(answer: dict[str, object]) -> object:
    """``allow`` or ``deny`` from a PermissionRequest hook's answer, None from any other."""
    specific = answer.get("hookSpecificOutput")
    decision = specific.get("decision") if isinstance(specific, dict) else None
    return decision.get("behavior") if isinstance(decision, dict) else None
