"""Promises about the rules of a run: when those about metrics are applied, and who takes what they found."""

from penstock.core.plan.rules import DataRule, MetricRule, Rules
from penstock.core.running.measuring import Ages
from penstock.core.running.observing import Sample
from penstock.core.running.tally import Tally
from penstock.core.running.watching import Watch
from penstock.core.values import JsonMap, freeze

DATA = DataRule("d", "large", "lane", 100, "${true}", "t", limit=0.0)
METRIC = MetricRule("m", "many", "pipeline.x.counter", "COUNTER", "COUNTER_COUNT", "${value() > 1}")


def counted(count: int) -> JsonMap:
    """Metrics with one counter."""
    made = freeze({"counters": {"pipeline.x.counter": {"count": count}}})
    assert isinstance(made, JsonMap)
    return made


def test_metrics_are_measured_once_in_a_while_and_at_the_end() -> None:
    """A second apart; the last ones whenever they come."""
    watch = Watch(Rules(metrics=(METRIC,)), 0)
    values = []
    for now_ms, count, last in ((1000, 2, False), (1999, 3, False), (2000, 4, False), (2001, 5, True)):
        shown = watch.metrics(counted(count), Tally(), Ages(), 1.0, now_ms, last=last)["gauges"]
        assert isinstance(shown, JsonMap)
        values.append(shown["alert.m.gauge"]["value"]["currentValue"])  # type: ignore[index,call-overload]
    assert values == [2, 2, 4, 5]
    assert (watch.due(3000), watch.due(3001)) == (False, True)


def test_what_was_raised_is_taken_once() -> None:
    """As the log tells it."""
    watch = Watch(Rules(data=(DATA,)), 0)
    before = watch.raised
    watch.take([Sample("d", 2, 1, ("t",))], 5)
    assert (before, watch.raised) == (False, True)
    assert [each.line for each in watch.take_raised()] == ["alert large: t (value 1)"]
    assert (watch.raised, watch.take_raised()) == (False, [])
