import asyncio
import errno
import os
import subprocess
from pathlib import Path

import pytest

from orchestratord.processes import ExitWatch, ProcessId
from tests.wait import eventually


class Sleeper:
    def __init__(self) -> None:
        self.child = subprocess.Popen(["sleep", "1000"])
        process = ProcessId.of(self.child.pid)
        assert process is not None
        self.process = process

    def end(self) -> None:
        self.child.kill()
        self.child.wait()


@pytest.fixture(params=["pidfd", "no descriptors left", "an old kernel"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param != "pidfd":
        number = errno.EMFILE if "descriptors" in request.param else errno.ENOSYS

        def refuse(pid: int, flags: int = 0) -> int:
            raise OSError(number, os.strerror(number))

        monkeypatch.setattr(os, "pidfd_open", refuse)


@pytest.mark.usefixtures("way")
async def test_the_end_is_told_once(place: Path) -> None:
    sleeper = Sleeper()
    told: list[bool] = []
    watch = ExitWatch(sleeper.process, lambda: told.append(True))
    await asyncio.sleep(0)
    assert told == []
    # A zombie has ended: nobody has waited for it yet.
    sleeper.child.kill()
    await eventually(lambda: told)
    sleeper.child.wait()
    await asyncio.sleep(0)
    assert told == [True]
    watch.close()


@pytest.mark.usefixtures("way")
async def test_a_process_that_is_gone_already_is_told_but_not_from_within_the_call(place: Path) -> None:
    sleeper = Sleeper()
    sleeper.end()
    told: list[bool] = []
    ExitWatch(sleeper.process, lambda: told.append(True))
    assert told == []
    await eventually(lambda: told)


async def test_a_pid_that_is_somebody_elses_counts_as_the_end() -> None:
    told: list[bool] = []
    ExitWatch(ProcessId(os.getpid(), 1), lambda: told.append(True))
    await eventually(lambda: told)


@pytest.mark.usefixtures("way")
async def test_a_closed_watch_says_nothing(place: Path) -> None:
    sleeper = Sleeper()
    told: list[bool] = []
    other: list[bool] = []
    watch = ExitWatch(sleeper.process, lambda: told.append(True))
    watch.close()
    watch.close()
    ExitWatch(sleeper.process, lambda: other.append(True))
    sleeper.end()
    await eventually(lambda: other)
    assert told == []


async def test_ten_thousand_watches_leave_no_descriptor_behind(place: Path) -> None:
    sleeper = Sleeper()
    before = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(10_000):
        ExitWatch(sleeper.process, lambda: None).close()
    assert len(list(Path("/proc/self/fd").iterdir())) == before
    sleeper.end()
