"""A network with nothing but loopback, and an environment without anybody's keys: where the real CLIs run."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Self

STUB = Path(__file__).with_name("stub_api.py")
STUB_OF_OTHERS = Path(__file__).with_name("stub_others.py")
HOLD = "ip link set lo up && echo up && exec sleep infinity"
KEPT = ("PATH", "LANG", "LC_ALL", "TZ", "ORCHESTRATOR_TEST")


def missing() -> str:
    """What this machine lacks for it; "" when it has all."""
    needed = [program for program in ("unshare", "nsenter", "ip") if shutil.which(program) is None]
    if needed:
        return f"{', '.join(needed)} not installed"
    try:
        OfflineNetwork().close()
    except OSError as error:
        return f"no network of its own: {error}"
    return ""


class OfflineNetwork:
    """A network namespace; whatever is started through ``enter`` sees its loopback and nothing else."""

    def __init__(self) -> None:
        self._own = os.geteuid() == 0
        user = [] if self._own else ["--user", "--map-root-user"]
        self._holder = subprocess.Popen(
            ["unshare", "--net", *user, "sh", "-c", HOLD], stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        assert self._holder.stdout is not None
        if self._holder.stdout.readline() != b"up\n":
            said = self._holder.communicate()[1].decode(errors="replace").strip()
            raise OSError(said)

    def enter(self, *argv: str) -> list[str]:
        """The command line that runs ``argv`` in there; without any, what to put before one."""
        user = [] if self._own else ["--user", "--preserve-credentials"]
        return ["nsenter", "--target", str(self._holder.pid), "--net", *user, "--", *argv]

    def close(self) -> None:
        """Let it go; the kernel removes it with its last process."""
        self._holder.kill()
        self._holder.communicate()


class StubApi:
    """The stub of a model API, running in an offline network."""

    def __init__(self, network: OfflineNetwork, stub: Path = STUB) -> None:
        argv = network.enter(sys.executable, "-I", str(stub))
        self._process = subprocess.Popen(argv, stdout=subprocess.PIPE, env=empty_environment())
        assert self._process.stdout is not None
        self.url = f"http://127.0.0.1:{int(self._process.stdout.readline())}"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.communicate()


def empty_environment() -> dict[str, str]:
    """What is left of the environment once keys, proxies and the like are gone."""
    return {name: os.environ[name] for name in KEPT if name in os.environ}
