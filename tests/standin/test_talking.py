"""The stand-in writes to other agents; here to a daemon of the test's own, which notes what it is asked."""

import json
import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from orchestratord.providers.base import Activity
from tests.standin.conftest import Standin
from tests.wait import until


class Post:
    """Takes messages, one connection each, and answers when the test says so."""

    def __init__(self, path: str) -> None:
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._listener.bind(path)
        self._listener.listen()
        self.letters: list[tuple[socket.socket, dict[str, Any]]] = []
        self.waiting: list[int] = []
        self._thread = threading.Thread(target=self._take, daemon=True)
        self._thread.start()

    def _take(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with connection.makefile("rb") as lines:
                sent = json.loads(lines.readline())
                number = len(self.letters)
                self.letters.append((connection, sent["params"]))
                self.say(number, {"jsonrpc": "2.0", "id": 1, "result": {"messages": [{"id": f"m{number}"}]}})
                assert json.loads(lines.readline())["params"]["ids"] == [f"m{number}"]
                self.waiting.append(number)

    def letter(self, number: int) -> dict[str, Any]:
        until(lambda: number in self.waiting, what="somebody who waits for an answer")
        return self.letters[number][1]

    def answer(self, number: int, text: str) -> None:
        self.say(number, {"jsonrpc": "2.0", "id": 2, "result": {}})
        params = {"id": f"m{number}", "to": "x", "state": "answered", "reason": "", "answer": text}
        self.say(number, {"jsonrpc": "2.0", "method": "message", "params": params})
        self.say(number, {"jsonrpc": "2.0", "method": "end", "params": {}})

    def say(self, number: int, words: dict[str, Any]) -> None:
        self.letters[number][0].sendall(json.dumps(words).encode() + b"\n")

    def hang_up(self, number: int) -> None:
        self.letters[number][0].close()

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()
        for connection, _ in self.letters:
            connection.close()


@pytest.fixture
def post(standin: Standin) -> Iterator[Post]:
    path = str(standin.folder / "ctl.sock")
    standin.tmux("set-environment", "-g", "ORCHESTRATOR_SOCKET", path)
    made = Post(path)
    yield made
    made.close()


def reply(standin: Standin) -> str:
    return str(until(lambda: standin.told("Stop"))[0]["last_assistant_message"])


def test_it_asks_another_and_works_until_the_answer_comes(standin: Standin, post: Post) -> None:
    standin.ready()
    standin.type("say well, then ask ben say one, then say two")
    assert (post.letter(0)["to"], post.letter(0)["text"]) == ("ben", "say one, then say two"), "the text is ben's"
    standin.wait_for(Activity.WORKING)
    assert not standin.told("Stop")
    post.answer(0, "二つ")
    assert reply(standin) == "二つ"


def test_it_asks_several_at_once_and_answers_what_each_says(standin: Standin, post: Post) -> None:
    standin.ready()
    standin.type("split ben,carla how are you?")
    post.letter(1)
    for number, (_, letter) in enumerate(post.letters):
        post.answer(number, f"{letter['to']} is well")
    assert reply(standin) == "ben: ben is well\ncarla: carla is well"


def test_a_daemon_that_ends_in_the_middle_is_asked_again_for_the_same_message(standin: Standin, post: Post) -> None:
    standin.ready()
    standin.type("ask ben something")
    post.letter(0)
    post.hang_up(0)
    assert post.letter(1) == post.letter(0), "the key makes it one"
    post.answer(1, "here")
    assert reply(standin) == "here"


def test_esc_ends_the_waiting(standin: Standin, post: Post) -> None:
    standin.ready()
    standin.type("ask ben something")
    post.letter(0)
    standin.keys("Escape")
    standin.wait_for(Activity.IDLE)
    standin.keys("C-u")
    assert standin.ask("say on") == "on"


def test_what_comes_as_a_message_is_done_as_if_it_were_typed(standin: Standin) -> None:
    standin.tmux("set-environment", "-g", "STANDIN_OTHERWISE", "say I looked into {}")
    standin.ready()
    standin.paste("[message m7 from anna]\nslow tests, then all else\n[end of message m7; so say it]", "-p")
    standin.keys("Enter")
    assert reply(standin) == "I looked into slow tests, then all else"
