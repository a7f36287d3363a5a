"""The main job, through the client: agents are started, watched, brought back, stopped, and outlive the daemon."""

import os
import signal
import subprocess

import psutil

from orchestratord.processes.identity import ProcessId
from tests.daemon.conftest import MakeDaemon
from tests.running import RunningDaemon, standins
from tests.wait import until


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_start_waits_until_all_are_ready_and_shutdown_leaves_nothing(daemon: RunningDaemon) -> None:
    assert daemon.run("status").returncode == 3
    daemon.ctl("start")
    assert daemon.in_state("idle")
    pids = daemon.pids()
    daemon.ctl("start")
    assert daemon.pids() == pids, "already so counts as done"
    daemon.ctl("shutdown", "--yes")
    assert not any(alive(pid) for pid in pids.values())
    sessions = ["tmux", "-S", str(daemon.tmux_socket), "has-session", "-t", "test"]
    assert subprocess.run(sessions, capture_output=True, check=False).returncode != 0
    daemon.ctl("start")
    assert daemon.in_state("idle"), "a cluster that was shut down starts again"


def test_stop_keeps_the_session_and_what_was_stopped_by_hand_stays_stopped(daemon: RunningDaemon) -> None:
    daemon.ctl("start")
    daemon.ctl("stop", "anna")
    assert daemon.agents()["anna"]["state"] == "stopped"
    daemon.end(signal.SIGKILL)
    daemon.start()
    daemon.wait_for("idle", "ben")
    assert daemon.agents()["anna"]["state"] == "stopped"
    daemon.tmux("has-session", "-t", "test")


def test_an_agent_that_is_killed_comes_back_and_the_journal_tells_why(daemon: RunningDaemon) -> None:
    daemon.ctl("start")
    before = daemon.pids()["anna"]
    os.kill(before, signal.SIGKILL)
    until(lambda: daemon.pids().get("anna") not in {None, before} and daemon.in_state("idle", "anna"))
    (exited,) = daemon.events("--kind", "agent.exited")
    assert exited["agent"] == "anna"
    assert exited["data"]["signal"] == "SIGKILL"
    assert daemon.agents()["anna"]["restart_count"] == 1


def test_a_prompt_typed_by_hand_is_seen_as_work_and_answered(daemon: RunningDaemon) -> None:
    daemon.ctl("start", "anna")
    daemon.type("anna", "work 2s")
    daemon.wait_for("working", "anna")
    daemon.wait_for("idle", "anna")
    daemon.type("anna", "say the harvest is in")
    until(lambda: "● the harvest is in" in daemon.screen("anna"))


def test_a_dialog_is_a_state_and_never_a_reason_to_restart(daemon: RunningDaemon) -> None:
    daemon.ctl("start", "anna")
    pid = daemon.pids()["anna"]
    daemon.type("anna", "dialog permission Bash")
    daemon.wait_for("waiting", "anna")
    assert daemon.pids()["anna"] == pid


def test_agents_outlive_the_daemon_however_it_ends(daemon: RunningDaemon) -> None:
    daemon.ctl("start")
    pids = daemon.pids()
    for how in (signal.SIGTERM, signal.SIGKILL):
        daemon.end(how)
        assert all(alive(pid) for pid in pids.values())
        daemon.start()
        until(lambda: daemon.pids() == pids)
        daemon.wait_for("idle")
    assert len(daemon.events("--kind", "agent.adopted")) == 4


def test_hooks_reported_while_the_daemon_was_away_are_read_at_adoption(daemon: RunningDaemon) -> None:
    daemon.ctl("start", "anna")
    daemon.type("anna", "work 2s")
    daemon.wait_for("working", "anna")
    pane = daemon.agents()["anna"]["pane"]
    daemon.end(signal.SIGKILL)
    until(lambda: "esc to interrupt" not in daemon.tmux("capture-pane", "-p", "-t", pane))
    daemon.start()
    daemon.wait_for("idle", "anna")
    hooks = [event["data"] for event in daemon.events("--kind", "agent.hook", "--agent", "anna")]
    assert "Stop" in str(hooks)


def test_the_tmux_servers_death_is_one_event_and_all_come_back(make_daemon: MakeDaemon) -> None:
    daemon = make_daemon(standins("a", "b", "c", "d", "e"))
    daemon.start()
    daemon.ctl("start")
    before = daemon.pids()
    daemon.tmux("kill-server")
    until(lambda: len(daemon.pids()) == 5 and set(daemon.pids().values()).isdisjoint(before.values()))
    daemon.wait_for("idle")
    assert len(daemon.events("--kind", "cluster.session_lost")) == 1
    assert not daemon.events("--kind", "agent.exited")


def test_an_agent_that_ignores_sigterm_and_leaves_children_is_ended_whole(daemon: RunningDaemon) -> None:
    daemon.ctl("start", "anna")
    daemon.type("anna", "ignore SIGTERM")
    daemon.type("anna", "leave children")
    pid = daemon.pids()["anna"]
    children = [ProcessId.of(child.pid) for child in until(psutil.Process(pid).children)]
    daemon.ctl("stop", "anna")
    assert not alive(pid)
    assert not any(child is not None and child.alive() for child in children)


def test_an_agent_may_look_but_not_stop_the_cluster_and_the_audit_shows_its_try(make_daemon: MakeDaemon) -> None:
    script = (
        "orchestratorctl status -o name >looked 2>&1; echo $? >>looked; orchestratorctl shutdown --yes >tried 2>&1;"
        " echo $? >>tried; mv tried result; exec cat"
    )
    daemon = make_daemon([{"name": "rogue", "role": "r", "provider": "command", "command": ["/bin/sh", "-c", script]}])
    daemon.start()
    daemon.ctl("start")
    result = daemon.folder / "result"
    until(result.exists)
    assert result.read_text().splitlines()[-1] == "77"
    assert (daemon.folder / "looked").read_text().splitlines()[-1] == "0"
    refused = [e["data"] for e in daemon.events("--kind", "operator.command") if e["data"]["outcome"] == "refused"]
    assert [entry["verb"] for entry in refused] == ["shutdown"]
    assert "rogue" in refused[0]["caller"]


def test_reload_adds_and_removes_agents_and_a_bad_file_changes_nothing(daemon: RunningDaemon) -> None:
    daemon.ctl("start")
    pid = daemon.pids()["anna"]
    daemon.configuration.write_text("agents: [")
    bad = daemon.run("reload")
    assert bad.returncode == 78
    assert str(daemon.configuration) in bad.stderr
    assert set(daemon.agents()) == {"anna", "ben"}
    daemon.configure(standins("anna", "carla"))
    daemon.ctl("reload")
    until(lambda: set(daemon.agents()) == {"anna", "carla"})
    assert daemon.pids()["anna"] == pid


def test_an_agent_whose_program_is_missing_fails_with_its_name_and_is_not_tried_again(make_daemon: MakeDaemon) -> None:
    daemon = make_daemon([{"name": "lost", "role": "r", "provider": "command", "command": ["/nonexistent/program"]}])
    daemon.start()
    assert daemon.run("start").returncode == 1
    agent = daemon.agents()["lost"]
    assert agent["state"] == "failed"
    assert "/nonexistent/program" in agent["reason"]
    assert len(daemon.events("--kind", "agent.starting")) <= 1
