"""``/metrics``: what Prometheus reads, in base units, with labels that are bounded by the configuration.

States and times are read from the cluster when somebody asks; what only counts upwards is counted from the journal's
events as they happen, since the daemon's start.
"""

import platform
from collections.abc import Callable, Iterator
from typing import Final

from aiohttp import web
from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import choose_encoder

from orchestratord import __version__
from orchestratord.agents.states import State
from orchestratord.journal.events import Event
from orchestratord.providers.telemetry import TOKEN_TYPES
from orchestratord.verbs.house import House
from orchestratord.web.loop_lag import LoopLag
from orchestratord.web.mail_counts import MailCounts
from orchestratord.web.process_usage import CpuTime, ProcessUsage
from orchestratord.web.restarts import Restarts
from orchestratord.web.spans import Spans

__all__ = ["LEVELS", "Metrics"]

LEVELS: Final = ("info", "warning", "error", "critical")
_TMUX: Final = (0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.5, 1.0, 5.0)


class Metrics:
    """A collector over the house; counts from ``start()`` to ``stop()``."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._lag = LoopLag()
        self._restarts = Restarts()
        self._processes = ProcessUsage(house)
        self._tmux = Spans(_TMUX)
        self._mail = MailCounts()
        self._registry = CollectorRegistry(auto_describe=False)
        self._unlisten: Callable[[], None] = _nothing

    def start(self) -> None:
        """Begin to count and to measure, on the running loop."""
        self._registry.register(self)
        self._unlisten = self._house.journal.listen(self._take)
        self._house.cluster.time_tmux(lambda _command, seconds: self._tmux.add(seconds))
        self._lag.start()

    def stop(self) -> None:
        """Count no more."""
        self._unlisten()
        self._unlisten = _nothing
        self._lag.stop()

    async def show(self, request: web.Request) -> web.StreamResponse:
        """The figures, in Prometheus' text format or in OpenMetrics' where that is asked for."""
        await self._processes.look()
        encode, content_type = choose_encoder(request.headers.get("Accept", ""))
        return web.Response(body=encode(self._registry), headers={"Content-Type": content_type})

    def collect(self) -> Iterator[Metric]:
        """Every family, in the order of the reference."""
        yield from self._agents()
        restarts = CounterMetricFamily(
            "orchestrator_agent_restarts",
            "Restarts of an agent since the daemon's start, by reason.",
            labels=["agent_name", "reason"],
        )
        for (name, reason), count in sorted(self._restarts.counts.items()):
            restarts.add_metric([name, reason], count)
        yield restarts
        yield from self._usage()
        yield from self._spending()
        yield from self._messages()
        yield from _alerts()
        yield self._tmux.family("orchestrator_tmux_command_seconds", "How long tmux took to answer a command.")
        yield _gauge(
            "orchestrator_event_loop_lag_seconds",
            "The greatest lateness of the daemon's event loop in the last minute.",
            self._lag.worst,
        )
        yield _gauge(
            "orchestrator_config_last_reload_success",
            "Whether the configuration could be used when it was last read.",
            float(not self._house.reloaded.error),
        )
        build = GaugeMetricFamily(
            "orchestrator_build_info", "What runs; always 1.", labels=["version", "python_version"]
        )
        build.add_metric([__version__, platform.python_version()], 1.0)
        yield build

    def _take(self, event: Event) -> None:
        self._restarts.take(event)
        self._mail.take(event)

    def _messages(self) -> Iterator[Metric]:
        total = CounterMetricFamily(
            "orchestrator_messages", "How often a message came into a state since the daemon's start.", labels=["state"]
        )
        for state, count in self._mail.states.items():
            total.add_metric([state], count)
        depth = GaugeMetricFamily(
            "orchestrator_message_queue_depth", "Messages that wait for the agent.", labels=["agent_name"]
        )
        for name in self._house.cluster.agents:
            depth.add_metric([name], self._house.mailbox.depth(name))
        yield from (total, depth)
        yield self._mail.delivery.family(
            "orchestrator_message_delivery_seconds", "From a message's queueing until its agent has it."
        )
        yield self._mail.response.family(
            "orchestrator_response_seconds", "From when an agent has a message until it has answered."
        )

    def _agents(self) -> Iterator[Metric]:
        up = GaugeMetricFamily("orchestrator_agent_up", "Whether the agent's process lives.", labels=["agent_name"])
        states = GaugeMetricFamily(
            "orchestrator_agent_state", "1 for the state that the agent is in.", labels=["agent_name", "state"]
        )
        idle = GaugeMetricFamily(
            "orchestrator_agent_idle_time_seconds",
            "For how long the agent has done nothing; 0 while it works or does not run.",
            labels=["agent_name"],
        )
        for name, agent in self._house.cluster.agents.items():
            view = agent.view()
            up.add_metric([name], float(bool(view["running"])))
            for state in State:
                states.add_metric([name, state.value], float(state == view["state"]))
            seconds = view["idle_seconds"]
            idle.add_metric([name], seconds if isinstance(seconds, int | float) else 0.0)
        yield from (up, states, idle)

    def _usage(self) -> Iterator[Metric]:
        cpu = CounterMetricFamily(
            "orchestrator_agent_cpu_seconds",
            "CPU time of the agent's processes, of all its launches that were looked at since the daemon's start.",
            labels=["agent_name"],
        )
        memory = GaugeMetricFamily(
            "orchestrator_agent_memory_bytes",
            "Resident memory of the agent's processes; 0 while none runs.",
            labels=["agent_name"],
        )
        for name in self._house.cluster.agents:
            cpu.add_metric([name], self._processes.cpu.get(name, CpuTime()).total)
            memory.add_metric([name], self._processes.memory.get(name, 0))
        yield from (cpu, memory)

    def _spending(self) -> Iterator[Metric]:
        tokens = CounterMetricFamily(
            "orchestrator_agent_tokens",
            "Tokens that the agent has used since it first ran, as its CLI reports them.",
            labels=["agent_name", "type"],
        )
        cost = CounterMetricFamily(
            "orchestrator_agent_cost_usd",
            "What they cost in US dollars, as its CLI reports it.",
            labels=["agent_name"],
        )
        for name in self._house.cluster.agents:
            account = self._house.cluster.meter.of(name)
            for kind in TOKEN_TYPES:
                tokens.add_metric([name, kind], account.tokens[kind])
            cost.add_metric([name], account.cost_usd)
        yield from (tokens, cost)


def _alerts() -> Iterator[Metric]:
    total = CounterMetricFamily("orchestrator_cluster_alerts", "Alerts that have fired, by level.", labels=["level"])
    firing = GaugeMetricFamily("orchestrator_alerts_firing", "Alerts that fire now, by level.", labels=["level"])
    # No rule raises any yet; the series are there so that dashboards and rules find them.
    for level in LEVELS:
        total.add_metric([level], 0.0)
        firing.add_metric([level], 0.0)
    yield from (total, firing)


def _gauge(name: str, text: str, value: float) -> Metric:
    gauge = GaugeMetricFamily(name, text)
    gauge.add_metric([], value)
    return gauge


def _nothing() -> None:
    """There is nothing to take back."""
