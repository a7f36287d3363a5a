"""Tokens and cost of an agent, from its own reports to status and Prometheus, whoever of the two restarts meanwhile."""

import os
import signal
import urllib.request

from prometheus_client.parser import text_string_to_metric_families

from tests.daemon.conftest import MakeDaemon
from tests.running import RunningDaemon, standins
from tests.wait import until


def used(daemon: RunningDaemon, agent: str) -> tuple[int, int, float]:
    """Tokens of input and of output, and US dollars."""
    row = daemon.agents()[agent]
    return row["tokens"]["input"], row["tokens"]["output"], row["cost_usd"]


def scraped(daemon: RunningDaemon, name: str) -> dict[tuple[str, ...], float]:
    """The samples of a metric by their labels' values, the agent's name first."""
    with urllib.request.urlopen(f"http://127.0.0.1:{daemon.port}/metrics", timeout=30) as answer:
        families = text_string_to_metric_families(answer.read().decode())
    samples = [sample for family in families for sample in family.samples if sample.name == name]
    return {tuple(sample.labels.values()): sample.value for sample in samples}


def test_what_an_agent_uses_adds_up_over_its_own_restarts_and_the_daemons(daemon: RunningDaemon) -> None:
    daemon.ctl("start")
    daemon.type("anna", "use tokens 1000")
    until(lambda: used(daemon, "anna") == (1000, 1000, 0.02))

    pane = daemon.agents()["anna"]["pane"]
    daemon.end(signal.SIGKILL)
    daemon.tmux("send-keys", "-t", pane, "-l", "use tokens 500")
    daemon.tmux("send-keys", "-t", pane, "Enter")
    until(lambda: "● Used 500 tokens." in daemon.tmux("capture-pane", "-p", "-t", pane))
    daemon.start()
    assert used(daemon, "anna") == (1000, 1000, 0.02)
    daemon.wait_for("idle", "anna")
    daemon.type("anna", "use tokens 1")
    until(lambda: used(daemon, "anna") == (1501, 1501, 0.03002), what="also what nobody listened to")

    before = daemon.pids()["anna"]
    os.kill(before, signal.SIGKILL)
    until(lambda: daemon.pids().get("anna") not in {None, before} and daemon.in_state("idle", "anna"))
    daemon.type("anna", "use tokens 10")
    until(lambda: used(daemon, "anna") == (1511, 1511, 0.03022))

    assert "$0.03" in daemon.ctl("status")
    assert used(daemon, "ben") == (0, 0, 0.0)
    tokens = scraped(daemon, "orchestrator_agent_tokens_total")
    assert (tokens["anna", "output"], tokens["anna", "cacheRead"], tokens["ben", "output"]) == (1511, 0, 0)
    assert scraped(daemon, "orchestrator_agent_cost_usd_total") == {("anna",): 0.03022, ("ben",): 0.0}
    assert scraped(daemon, "orchestrator_agent_cpu_seconds_total")["anna",] > 0
    assert scraped(daemon, "orchestrator_agent_memory_bytes")["anna",] > 1_000_000
    assert scraped(daemon, "orchestrator_tmux_command_seconds_count")[()] > 0


def test_nobody_is_asked_to_report_where_that_is_switched_off(make_daemon: MakeDaemon) -> None:
    daemon = make_daemon(standins("anna"), monitoring={"telemetry": "off"})
    daemon.start()
    daemon.ctl("start")
    daemon.type("anna", "use tokens 1000")
    until(lambda: "● Used 1000 tokens." in daemon.screen("anna"))
    assert used(daemon, "anna") == (0, 0, 0.0)
