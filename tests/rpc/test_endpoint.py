"""The socket's file: private from its first moment, taken from the dead, never from the living."""

import os
import socket
import stat
from pathlib import Path

import pytest

from orchestratord.errors import LockHeld, Unavailable
from orchestratord.rpc.endpoint import Endpoint


def answers(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as client:
        return client.connect_ex(str(path)) == 0


@pytest.mark.parametrize("mode", [0o600, 0o660])
@pytest.mark.parametrize("umask", [0o000, 0o077])
def test_the_socket_has_its_rights_whatever_the_umask(place: Path, mode: int, umask: int) -> None:
    before = os.umask(umask)
    try:
        endpoint = Endpoint.open(place / "new" / "s", mode)
    finally:
        os.umask(before)
    assert stat.S_IMODE((place / "new" / "s").stat().st_mode) == mode
    assert stat.S_IMODE((place / "new").stat().st_mode) == 0o700
    assert answers(place / "new" / "s")
    endpoint.close()


def test_closing_removes_the_socket_and_leaves_no_other_file_than_its_lock(place: Path) -> None:
    Endpoint.open(place / "s", 0o600).close()
    assert [path.name for path in place.iterdir()] == ["s.lock"]


def test_a_dead_daemons_socket_is_replaced(place: Path) -> None:
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(place / "s"))
    endpoint = Endpoint.open(place / "s", 0o600)
    assert answers(place / "s")
    endpoint.close()


def test_a_living_daemons_socket_is_left_alone(place: Path) -> None:
    first = Endpoint.open(place / "s", 0o600)
    with pytest.raises(LockHeld, match="another orchestratord"):
        Endpoint.open(place / "s", 0o600)
    assert answers(place / "s")
    first.close()
    Endpoint.open(place / "s", 0o600).close()


def test_closing_does_not_remove_what_somebody_else_has_put_there(place: Path) -> None:
    endpoint = Endpoint.open(place / "s", 0o600)
    (place / "s").unlink()
    (place / "s").write_text("mine")
    endpoint.close()
    assert (place / "s").read_text() == "mine"


@pytest.mark.parametrize("kind", ["file", "folder", "link"])
def test_what_is_no_socket_is_never_replaced(place: Path, kind: str) -> None:
    path = place / "s"
    match kind:
        case "file":
            path.write_text("precious")
        case "folder":
            path.mkdir()
        case _:
            path.symlink_to(place / "elsewhere")
    with pytest.raises(Unavailable, match="no socket"):
        Endpoint.open(path, 0o600)
    assert path.is_symlink() or path.exists()
    path.rename(place / "away")
    Endpoint.open(path, 0o600).close()


def test_a_path_that_cannot_be_is_told_with_what_to_do(place: Path) -> None:
    (place / "file").write_text("")
    for impossible in (place / ("x" * 200) / "s", place / "file" / "s"):
        with pytest.raises(Unavailable, match="cannot make the socket") as refusal:
            Endpoint.open(impossible, 0o600)
        assert "ORCHESTRATOR_SOCKET" in refusal.value.hint
