import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestratord.agents.restart import Decision, GiveUp, Past, Restart, Stay, decide
from orchestratord.config.agent import RestartConfig
from orchestratord.providers.base import ExitCause

RESTARTABLE = [cause for cause in ExitCause if cause.restartable]
FAILURES = [cause for cause in RESTARTABLE if cause is not ExitCause.FINISHED]

policies = st.builds(
    lambda policy, backoff, longer, burst, window, stable: RestartConfig(
        policy=policy,
        backoff=backoff,
        backoff_max=backoff + longer,
        burst=burst,
        window=window,
        stable_after=stable,
    ),
    policy=st.sampled_from(["never", "on-failure", "always"]),
    backoff=st.floats(0, 100),
    longer=st.floats(0, 1000),
    burst=st.integers(1, 20),
    window=st.floats(1, 10_000),
    stable=st.floats(0, 10_000),
)


def live_and_die(policy: RestartConfig, causes: list[ExitCause], lives: list[float], jitter: float) -> list[Decision]:
    """What is decided at each death of an agent that lives so long each time."""
    decisions: list[Decision] = []
    restarts: tuple[float, ...] = ()
    started = 1000.0
    for cause, life in zip(causes, lives, strict=False):
        now = started + life
        past = Past(restarts, started)
        decision = decide(policy, past, cause, now, jitter=jitter)
        decisions.append(decision)
        if not isinstance(decision, Restart):
            break
        started = decision.at
        restarts = (*past.recent(policy, now), started)
    return decisions


@given(policies, st.lists(st.sampled_from(FAILURES), min_size=60, max_size=60), st.floats(0, 1))
def test_an_agent_that_dies_at_once_is_never_restarted_more_often_than_its_burst(
    policy: RestartConfig, causes: list[ExitCause], jitter: float
) -> None:
    decisions = live_and_die(policy, causes, [0.01] * len(causes), jitter)
    at = [decision.at for decision in decisions if isinstance(decision, Restart)]
    for first, later in zip(at, at[policy.burst :], strict=False):
        assert later - first >= policy.window


@given(policies, st.lists(st.floats(0, 20_000), min_size=1, max_size=40), st.floats(0, 1))
def test_whatever_its_lives_only_a_long_one_buys_more_restarts(
    policy: RestartConfig, lives: list[float], jitter: float
) -> None:
    decisions = live_and_die(policy, [ExitCause.CRASHED] * len(lives), lives, jitter)
    restarts = [
        (life, decision.at) for life, decision in zip(lives, decisions, strict=False) if isinstance(decision, Restart)
    ]
    stable = max(policy.stable_after, 1.0)
    for start in range(len(restarts)):
        # From each restart on: as long as no life was stable, at most `burst` of them fall into one window.
        run = list(itertools.takewhile(lambda one: one[0] < stable, restarts[start:]))
        within = [at for _, at in run if at - run[0][1] < policy.window] if run else []
        assert len(within) <= policy.burst


@given(policies, st.integers(0, 30), st.floats(0, 1))
def test_waits_grow_and_never_exceed_the_longest(policy: RestartConfig, number: int, jitter: float) -> None:
    patient = policy.model_copy(update={"burst": 1000, "policy": "always", "window": 1e9, "stable_after": 1e9})
    decision = decide(patient, Past((0.0,) * number, 0.0), ExitCause.CRASHED, 5.0, jitter=jitter)
    assert isinstance(decision, Restart)
    wait = decision.at - 5.0
    assert wait <= patient.backoff_max + 1e-6
    if number == 0:
        assert wait == 0
    else:
        assert wait >= min(patient.backoff * 2.0 ** (number - 1), patient.backoff_max) - 1e-6


@given(policies, st.sampled_from([cause for cause in ExitCause if not cause.restartable]), st.floats(0, 1e6))
def test_what_restarting_cannot_cure_is_never_restarted(policy: RestartConfig, cause: ExitCause, now: float) -> None:
    decision = decide(policy, Past(), cause, now)
    assert isinstance(decision, GiveUp)
    assert cause.value.replace("_", " ") in decision.reason


def test_a_used_up_limit_waits_until_it_is_over_and_costs_no_restart() -> None:
    decision = decide(RestartConfig(), Past((1.0,) * 5, 9.0), ExitCause.USAGE_LIMIT, 10.0, limited_until=5000.0)
    assert decision == Restart(5000.0, "its usage limit is used up; restart when it is over", counts=False)


@pytest.mark.parametrize(
    ("policy", "cause", "kind"),
    [
        ("never", ExitCause.KILLED, GiveUp),
        ("never", ExitCause.FINISHED, Stay),
        ("on-failure", ExitCause.FINISHED, Stay),
        ("on-failure", ExitCause.KILLED, Restart),
        ("always", ExitCause.FINISHED, Restart),
    ],
)
def test_the_policy_is_kept(policy: str, cause: ExitCause, kind: type[Decision]) -> None:
    assert isinstance(decide(RestartConfig.model_validate({"policy": policy}), Past(), cause, 0.0), kind)


def test_the_reason_counts_and_names_the_cause() -> None:
    decision = decide(RestartConfig(), Past((90.0,), 99.5), ExitCause.KILLED, 100.0, jitter=1.0)
    assert decision == Restart(101.1, "killed, restart 2 of 5 in 10m, after 1.1 s")
