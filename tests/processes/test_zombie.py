import signal
import subprocess

from orchestratord.processes import ProcessId
from orchestratord.processes.zombie import killed_by
from tests.wait import until


def test_the_kernel_tells_the_signal_until_the_parent_has_asked() -> None:
    child = subprocess.Popen(["/bin/sleep", "86400"])
    process = ProcessId.of(child.pid)
    assert process is not None
    assert killed_by(process) is None
    child.kill()
    until(lambda: killed_by(process) == signal.SIGKILL)
    assert killed_by(ProcessId(process.pid, process.started + 1)) is None, "somebody else's end"
    child.wait()
    assert killed_by(process) is None


def test_an_end_by_itself_tells_nothing() -> None:
    child = subprocess.Popen(["/bin/sh", "-c", "exit 3"])
    process = ProcessId.of(child.pid)
    until(lambda: ProcessId.of(child.pid) is None)
    assert process is None or killed_by(process) is None
    child.wait()
