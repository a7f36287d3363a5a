"""The two commands of the README, on a machine that has just been installed."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

pytestmark = [pytest.mark.packaging, pytest.mark.timeout(3000)]

PROJECT = Path(__file__).parents[2]
BOX = PROJECT / "tests/boxes/fresh-box"

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="a bare Debian needs root (chroot, mounts)")
needs_debootstrap = pytest.mark.skipif(shutil.which("debootstrap") is None, reason="needs debootstrap")


def run_in_box(suite: str, script: str, seconds: float) -> str:
    """Run the script in a fresh box of the suite; its output (both streams); AssertionError with it when it failed."""
    done = subprocess.run(
        [BOX, "--suite", suite, PROJECT, "bash", "-euo", "pipefail", "-c", script],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=seconds,
        check=False,
    )
    output = done.stdout.decode(errors="replace")
    assert done.returncode == 0, f"ended with {done.returncode}:\n{output[-20_000:]}"
    return output


TWO_DEMOS = """
before=$(date +%s); timeout 180 scripts/demo </dev/null; echo "first demo: $(( $(date +%s) - before )) s"
before=$(date +%s); timeout 60 scripts/demo </dev/null; echo "second demo: $(( $(date +%s) - before )) s"
left=$(ps -eo args= | grep -E 'orchestratord|tmux' | grep -vE '^(bash|grep|sh) |fresh-box' || true)
[ -z "$left" ] || { echo "the demo left processes behind: $left"; exit 1; }
"""


@needs_root
@needs_debootstrap
@pytest.mark.parametrize("suite", ["bookworm", "trixie"])
def test_the_demo_runs_twice_on_a_bare_debian_and_leaves_no_process(suite: str) -> None:
    output = run_in_box(suite, TWO_DEMOS, seconds=900)
    print(output)
    assert output.count("the cluster has ended") == 2


@needs_root
@needs_debootstrap
@pytest.mark.parametrize("suite", ["bookworm", "trixie"])
def test_the_quick_tests_pass_on_a_bare_debian(suite: str) -> None:
    output = run_in_box(suite, "scripts/test </dev/null", seconds=2400)
    print(output[-2000:])
    assert " passed" in output
