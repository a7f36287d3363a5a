"""The daemon as a process: how it starts, refuses, and ends."""

import signal
import subprocess
import sys

import pytest

from tests.daemon.conftest import MakeDaemon
from tests.running import RunningDaemon, standins
from tests.wait import until


def run_once(daemon: RunningDaemon, *words: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "orchestratord", *words],
        env=daemon.environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_second_daemon_on_the_same_state_says_who_is_there_and_leaves_the_first_alone(daemon: RunningDaemon) -> None:
    second = run_once(daemon)
    assert second.returncode == 1
    assert daemon.process is not None
    assert f"pid {daemon.process.pid}" in second.stderr
    assert daemon.run("version").returncode == 0


def test_a_bad_configuration_ends_it_with_78_and_every_fault_at_once(make_daemon: MakeDaemon) -> None:
    daemon = make_daemon([{"name": "Anna", "role": "r", "provider": "standin", "restrat": {}}])
    for words in ([], ["--check-config"]):
        done = run_once(daemon, *words)
        assert done.returncode == 78
        faults = [line for line in done.stderr.splitlines() if line.startswith(f"{daemon.configuration}:")]
        assert len(faults) == 2, done.stderr
        assert any("agents[0].name" in fault for fault in faults)
        assert any('did you mean "restart"' in fault.lower() for fault in faults)


def test_a_good_configuration_is_called_so_and_nothing_is_started(make_daemon: MakeDaemon) -> None:
    daemon = make_daemon()
    done = run_once(daemon, "--check-config")
    assert done.returncode == 0, done.stderr
    assert not daemon.socket.exists()
    assert not daemon.tmux_socket.exists()


def test_an_unknown_option_is_a_usage_error(make_daemon: MakeDaemon) -> None:
    assert run_once(make_daemon(), "--chek-config").returncode == 2


def test_a_missing_configuration_says_where_it_was_looked_for(make_daemon: MakeDaemon) -> None:
    daemon = make_daemon()
    daemon.configuration.unlink()
    done = run_once(daemon)
    assert done.returncode == 78
    assert str(daemon.configuration) in done.stderr


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_in_good_order_and_leaves_no_socket(daemon: RunningDaemon, how: signal.Signals) -> None:
    assert daemon.end(how) == 0
    assert not daemon.socket.exists()
    assert daemon.run("status").returncode == 69


def test_a_port_that_is_taken_is_a_clear_error_that_names_it(make_daemon: MakeDaemon, daemon: RunningDaemon) -> None:
    daemon.environment["ORCHESTRATOR_STATE_DIR"] = str(daemon.folder / "other")
    daemon.environment["ORCHESTRATOR_SOCKET"] = str(daemon.folder / "other.sock")
    second = run_once(daemon)
    assert second.returncode == 1
    assert str(daemon.port) in second.stderr
    assert "Traceback" not in second.stderr


def test_sighup_reloads_the_configuration(daemon: RunningDaemon) -> None:
    assert daemon.process is not None
    daemon.configure(standins("anna", "ben", "carla"))
    daemon.process.send_signal(signal.SIGHUP)
    until(lambda: "carla" in daemon.agents())


def test_limits_that_nobody_enforces_are_said_and_not_swallowed(make_daemon: MakeDaemon) -> None:
    daemon = make_daemon(standins("anna", limits={"memory_max": "1G"}))
    daemon.start()
    (said,) = daemon.events("--kind", "config.limits_not_enforced")
    assert said["data"]["agents"] == ["anna"]


def test_nothing_of_the_daemons_own_leaks_into_a_pane(make_daemon: MakeDaemon) -> None:
    script = "env -0 | tr '\\0' '\\n' > seen.tmp && ls -l /proc/self/fd > descriptors && mv seen.tmp seen; exec cat"
    daemon = make_daemon([{"name": "shell", "role": "r", "provider": "command", "command": ["/bin/sh", "-c", script]}])
    leaks = ("NOTIFY_SOCKET", "LISTEN_FDS", "WATCHDOG_USEC", "CLAUDECODE", "CREDENTIALS_DIRECTORY")
    daemon.environment |= dict.fromkeys(leaks, "1")
    daemon.start()
    daemon.ctl("start")
    seen = daemon.folder / "seen"
    until(seen.exists)
    names = {line.split("=")[0] for line in seen.read_text().splitlines()}
    assert names.isdisjoint(leaks)
    assert {"ORCHESTRATOR_AGENT", "ORCHESTRATOR_SOCKET"} <= names
    assert "sqlite" not in (daemon.folder / "descriptors").read_text()
