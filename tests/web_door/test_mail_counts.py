"""What Prometheus hears of messages, told as the journal tells it."""

from orchestratord.journal.events import Event
from orchestratord.web.mail_counts import MailCounts


def test_states_are_counted_and_spans_fall_into_their_buckets() -> None:
    counts = MailCounts()
    for seq, (state, age, took) in enumerate([
        ("queued", 0.0, 0.0), ("typed", 0.1, 0.1), ("accepted", 0.2, 0.1), ("answered", 40.2, 40.0),
        ("queued", 0.0, 0.0), ("accepted", 9000.0, 1.0), ("failed", 9001.0, 1.0),
    ]):  # fmt: skip
        counts.take(Event(seq, 0.0, f"message.{state}", "worker", {"age": age, "took": took}))
    counts.take(Event(9, 0.0, "agent.exited", "worker", {}))
    seen = {state: count for state, count in counts.states.items() if count}
    assert seen == {"queued": 2, "typed": 1, "accepted": 2, "answered": 1, "failed": 1}

    samples = {
        (sample.name, sample.labels.get("le")): sample.value
        for family in (counts.delivery.family("delivery", "."), counts.response.family("response", "."))
        for sample in family.samples
    }
    assert samples["delivery_bucket", "0.1"] == 0
    assert samples["delivery_bucket", "0.25"] == samples["delivery_bucket", "3600.0"] == 1
    assert samples["delivery_bucket", "+Inf"] == samples["delivery_count", None] == 2
    assert samples["response_bucket", "30.0"] == 0
    assert samples["response_bucket", "60.0"] == 1
    assert samples["response_sum", None] == 40.0
