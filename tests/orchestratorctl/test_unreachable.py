"""No daemon: which socket is missing, dead or forbidden, what systemd says, and what to run."""

import os
import socket as sockets_module
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from orchestratorctl.client import Connection, Silent
from orchestratorctl.faults import Unreachable
from orchestratorctl.places import Search, sockets
from orchestratorctl.unreachable import connect
from orchestratord.config.places import Places
from tests.orchestratorctl.conftest import MakeDaemon
from tests.orchestratorctl.running_client import run
from tests.orchestratorctl.scripted_daemon import Wire

NOBODY = 65534


@contextmanager
def as_nobody() -> Iterator[None]:
    """For whom the kernel's permissions hold, also when root runs the tests."""
    import grp  # noqa: F401 (the interpreter's own files may be closed to nobody)
    import pwd  # noqa: F401 (likewise)

    me = os.geteuid()
    if me == 0:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(me)


def test_a_missing_socket_is_named_with_who_named_it(socket: Path) -> None:
    done = run("status")
    assert (done.returncode, done.stdout) == (69, "")
    assert f"{socket} (ORCHESTRATOR_SOCKET) is missing" in done.stderr
    assert "orchestratord --config" in done.stderr
    assert "(--socket) is missing" in run("status", "--socket", str(socket)).stderr


def test_without_a_name_all_places_are_named(place: Path) -> None:
    done = run("status", environment={"HOME": str(place), "XDG_RUNTIME_DIR": str(place / "run"), "XDG_STATE_HOME": ""})
    for path in (place / "run/orchestratord", place / ".local/state/orchestratord", "/run/orchestratord"):
        assert f"{path}/ctl.sock" in done.stderr


def test_a_dead_socket_is_called_dead(socket: Path) -> None:
    with sockets_module.socket(sockets_module.AF_UNIX) as once:
        once.bind(str(socket))
    done = run("status")
    assert done.returncode == 69
    assert f"{socket} is dead" in done.stderr


def test_a_forbidden_socket_names_its_owner_and_the_group_to_join(scripted: MakeDaemon, socket: Path) -> None:
    scripted()
    socket.parent.chmod(0o755)
    socket.chmod(0)
    with as_nobody(), pytest.raises(Unreachable, match="forbidden to you") as caught:
        connect(Search((socket,), "--socket"))
    assert "mode 0000" in caught.value.message
    assert "group orchestrator" in caught.value.hint


def test_a_dead_socket_ends_the_search_for_the_next_one_is_another_cluster(place: Path, scripted: MakeDaemon) -> None:
    alive = scripted().path
    dead = place / "dead.sock"
    with sockets_module.socket(sockets_module.AF_UNIX) as once:
        once.bind(str(dead))
    with pytest.raises(Unreachable, match="dead"):
        connect(Search((dead, alive), ""))
    with connect(Search((place / "missing.sock", alive), "")) as connection:
        assert connection.path == alive


@pytest.mark.parametrize(
    ("shown", "said", "advice"),
    [
        ("ActiveState=failed\nSubState=failed\nResult=exit-code\nExecMainStatus=78", "status 78", "journalctl -u"),
        ("ActiveState=inactive\nSubState=dead", "is inactive (dead)", "systemctl start orchestratord"),
        ("ActiveState=active\nSubState=running", "is active (running)", "journalctl -u"),
    ],
)
def test_systemd_is_asked_about_the_unit(place: Path, socket: Path, shown: str, said: str, advice: str) -> None:
    systemctl = place / "systemctl"
    systemctl.write_text(f"#!/bin/sh\ncat <<END\nLoadState=loaded\n{shown}\nEND\n")
    systemctl.chmod(0o755)
    done = run("status", environment={"PATH": f"{place}:{os.environ['PATH']}"})
    assert done.returncode == 69
    assert said in done.stderr
    assert advice in done.stderr


def test_a_daemon_that_is_silent_is_given_up(scripted: MakeDaemon) -> None:
    daemon = scripted(status=Wire.wait_until_it_leaves)
    with Connection(daemon.path) as connection, pytest.raises(Silent, match="does not answer"):
        connection.call("status", silence=0.05)


@pytest.mark.parametrize(
    "environ",
    [
        {"HOME": "/home/me"},
        {"HOME": "/home/me", "XDG_RUNTIME_DIR": "/run/user/7"},
        {"HOME": "/home/me", "XDG_RUNTIME_DIR": "/run/user/8"},
        {"HOME": "/home/me", "XDG_STATE_HOME": "/state"},
        {"HOME": "/home/me", "XDG_STATE_HOME": "relative"},
        {"HOME": "/home/me", "ORCHESTRATOR_STATE_DIR": "~/there"},
        {"HOME": "/home/me", "ORCHESTRATOR_SOCKET": "~/my.sock"},
        {"RUNTIME_DIRECTORY": "/run/orchestratord", "STATE_DIRECTORY": "/var/lib/orchestratord"},
    ],
)
def test_the_client_looks_where_the_daemon_listens(environ: dict[str, str]) -> None:
    daemon = Places.find(environ, uid=7, cwd=Path.cwd(), exists=lambda _: False)
    assert daemon.socket in sockets(None, environ, 7).paths
    if not daemon.system:
        assert daemon.socket == sockets(None, environ, 7).paths[0]
