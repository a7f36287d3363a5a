"""The main job with each of the other agent CLIs, real and offline, run by the daemon."""

import contextlib
import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from orchestratord.config.agent import AgentConfig
from orchestratord.providers.base import Activity
from orchestratord.providers.registry import provider_for
from tests.agents import installer, other_homes
from tests.agents.offline import OfflineNetwork, StubApi, empty_environment
from tests.running import RunningDaemon
from tests.wait import PATIENCE, until

pytestmark = [pytest.mark.agents, pytest.mark.timeout(600)]

STARTING = 3 * PATIENCE
A_KEY = 10.0
"""Seconds after which a key that shows nothing is pressed again."""
AN_ANSWER = 20.0
"""Seconds after which a prompt that nobody answers is typed again."""


class Cluster(RunningDaemon):
    """A daemon in the offline network with one agent, anna, not started."""

    def __init__(self, folder: Path, port: int, name: str, network: OfflineNetwork, api: StubApi, **more: Any) -> None:
        work, home = folder / "work", folder / "home"
        work.mkdir()
        other_homes.furnish(name, home, work, api.url)
        (folder / "personality.txt").write_text("あなたはオーケストラの一員です。You are one of the orchestra.")
        agent = {
            "name": "anna",
            "provider": name,
            "work_dir": str(work),
            "args": other_homes.arguments(name),
            "personality_prompt_path": "personality.txt",
            "env": other_homes.environment(name, home, api.url),
            **more,
        }
        super().__init__(folder, port, [agent])
        self.provider = provider_for(AgentConfig.model_validate({"name": "anna", "provider": name}))
        own = {name: value for name, value in self.environment.items() if name.startswith("ORCHESTRATOR_")}
        path = f"{installer.program(name).parent}:{os.environ['PATH']}"
        self.environment = {**empty_environment(), **own, "PATH": path, "HOME": str(home)}
        self.command = network.enter(*self.command)

    def until_idle(self) -> None:
        """Wait, and show the pane where it was in vain."""
        self._until(lambda: self.in_state("idle", "anna"), "an idle agent")

    def say(self, prompt: str) -> None:
        """Type a prompt by hand and send it."""
        pane = self.agents()["anna"]["pane"]

        def typed() -> bool:
            # A CLI that has just drawn its box may throw away what is typed into it in its first moments.
            self.tmux("send-keys", "-t", pane, "C-u")
            self.tmux("send-keys", "-t", pane, "-l", prompt)
            with contextlib.suppress(AssertionError):
                return until(lambda: self._typed() == prompt, within=A_KEY)
            return False

        self._until(typed, f"{prompt!r} in the box")

        def sent() -> bool:
            # An Enter that follows its text at once may be taken for a line break within a paste.
            self.tmux("send-keys", "-t", pane, "Enter")
            return self._typed() != prompt

        self._until(sent, "an empty box")

    def answer(self, prompt: str, reply: str) -> None:
        """Say it and wait until the answer stands in the pane and the agent is idle again."""

        def answered() -> bool:
            # A CLI that is still resuming may empty its box without having taken what stood there: it is said again.
            self.say(prompt)
            with contextlib.suppress(AssertionError):
                return until(lambda: f" {reply}" in self.screen("anna"), within=AN_ANSWER)
            return False

        self._until(answered, f"{reply!r} on the screen")
        self.until_idle()

    def _typed(self) -> str | None:
        composer = self.provider.read_composer(self.screen("anna"))
        return None if composer is None else composer.text.strip()

    def seen(self) -> Activity | None:
        """What the pane shows now."""
        pane = self.agents()["anna"]["pane"]
        title = self.tmux("display-message", "-p", "-t", pane, "#{pane_title}").strip()
        reading = self.provider.read_screen(self.screen("anna"), title, 0.0)
        return None if reading is None else reading.activity

    def _until(self, look: Callable[[], bool], what: str) -> None:
        try:
            until(look, within=STARTING, what=what)
        except AssertionError as error:
            error.add_note(self.screen("anna").strip())
            raise


@pytest.fixture(params=["codex", "gemini"])
def cluster(
    request: pytest.FixtureRequest, place: Path, free_port: int, network: OfflineNetwork, api_of_others: StubApi
) -> Iterator[Cluster]:
    if lacking := installer.missing(request.param):
        pytest.skip(lacking)
    daemon = Cluster(place, free_port, request.param, network, api_of_others)
    daemon.start()
    yield daemon
    daemon.clean()


def test_it_starts_answers_outlives_the_daemon_comes_back_from_a_kill_and_stops_without_a_rest(
    cluster: Cluster,
) -> None:
    cluster.ctl("start")
    cluster.until_idle()
    cluster.answer("reply The harvest is in.", "The harvest is in.")
    cluster.answer("know あなたはオーケストラの一員です。", "Yes.")

    # The daemon's end, politely and not: the same process.
    pids = cluster.pids()
    for how in (signal.SIGTERM, signal.SIGKILL):
        cluster.end(how)
        cluster.start()
        until(lambda: cluster.pids() == pids, what="the same pid adopted")
        cluster.until_idle()

    # kill -9: another process, the same conversation.
    os.kill(pids["anna"], signal.SIGKILL)
    until(lambda: cluster.pids().get("anna") not in {None, pids["anna"]}, what="another process")
    cluster.until_idle()
    cluster.answer("recall", "You said: reply The harvest is in.")

    tree = family(cluster.pids()["anna"])
    cluster.ctl("stop", "--yes")
    assert cluster.in_state("stopped")
    assert not [process for process in tree if lives(process)]


def test_work_a_cancelled_turn_and_a_dialog_are_seen_and_never_restart_anything(cluster: Cluster) -> None:
    cluster.ctl("start")
    cluster.until_idle()
    pid, pane = cluster.pids()["anna"], cluster.agents()["anna"]["pane"]
    cluster.say("wait 60")
    cluster.wait_for("working")
    until(lambda: cluster.seen() is Activity.WORKING)
    cluster.tmux("send-keys", "-t", pane, "Escape")
    cluster.until_idle()
    cluster.tmux("send-keys", "-t", pane, "C-u")
    cluster.say("use tool touch made")
    cluster.wait_for("waiting")
    until(lambda: cluster.seen() is Activity.WAITING)
    cluster.tmux("send-keys", "-t", pane, "1")
    cluster.until_idle()
    assert (cluster.folder / "work" / "made").exists()
    assert cluster.pids()["anna"] == pid
    cluster.ctl("shutdown", "--yes")


LINES = "\n".join(f"行{number}: これは長い手紙です。🎉 It goes on and on." for number in range(90))


@pytest.mark.parametrize("text", ["What is the harvest?", LINES], ids=["short", "long"])
def test_a_message_is_entered_whole_and_its_answer_comes_back(cluster: Cluster, text: str) -> None:
    cluster.ctl("start")
    cluster.until_idle()
    answered = cluster.run("send", "anna", "-", "--wait", "--timeout", "120", input=text, stdin=None)
    assert answered.returncode == 0, f"{answered.stdout}{answered.stderr}\n{cluster.screen('anna')}"
    assert answered.stdout.startswith("Understood: ")
    assert text in answered.stdout
    cluster.ctl("shutdown", "--yes")


def test_codex_lets_a_policy_answer_its_dialogs(
    place: Path, free_port: int, network: OfflineNetwork, api_of_others: StubApi
) -> None:
    cluster = Cluster(place, free_port, "codex", network, api_of_others, dialogs={"policy": "allow"})
    cluster.start()
    try:
        cluster.ctl("start")
        cluster.until_idle()
        cluster.answer("use tool touch made", "The tool has run.")
        assert (cluster.folder / "work" / "made").exists()
    finally:
        cluster.clean()


def family(pid: int) -> list[psutil.Process]:
    """A process and everything below it."""
    root = psutil.Process(pid)
    return [root, *root.children(recursive=True)]


def lives(process: psutil.Process) -> bool:
    """Whether it runs; one that its parent has not yet buried does not."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
