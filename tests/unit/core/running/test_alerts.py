"""Promises about alerts: when they are raised, what is kept of them, whom they tell."""

import attrs
import pytest

from penstock.core.plan.given import Given
from penstock.core.plan.model import Plan
from penstock.core.plan.rules import DataRule, MetricRule, Rules, Threshold
from penstock.core.running.alerts import Board, Raised, fulfilled, with_alerts
from penstock.core.running.measuring import Ages, measured
from penstock.core.running.notices import Mail, WebCall, alert_notices
from penstock.core.running.observing import Sample
from penstock.core.running.tally import Last, Tally, Times
from penstock.core.values import JsonMap, freeze

DATA = DataRule("d", "large", "lane", 100, "${true}", "t", limit=2.0)
METRIC = MetricRule("m", "too many", "pipeline.x.counter", "COUNTER", "COUNTER_COUNT", "${value() > 1}")


def taken(rule: DataRule, *samples: tuple[int, int]) -> tuple[Board, list[Raised]]:
    """What a rule raises for batches of so many records, of which so many fulfil it."""
    board = Board(Rules(data=(rule,)))
    raised: list[Raised] = []
    for at, (seen, matched) in enumerate(samples):
        raised += board.take([Sample("d", seen, matched, ("t",) * matched)], at)
    return board, raised


def test_an_alert_is_raised_once_above_its_threshold() -> None:
    """It tells somebody the first time; later only its value changes."""
    board, raised = taken(DATA, (5, 2), (5, 0), (5, 1), (5, 4))
    assert raised == [Raised(DATA, "t", 3)]
    (gauge,) = board.gauges().items()
    shown = {"name": "large", "condition": "${true}", "currentValue": 7, "timestamp": 2, "alertTexts": ["t"]}
    assert gauge == ("alert.d.gauge", {"value": shown})


@pytest.mark.parametrize(
    ("samples", "raises"),
    [(((5, 2), (5, 3)), False), (((5, 3),), False), (((5, 3), (5, 3)), True), (((8, 1), (2, 2)), False)],
    ids=["half", "few", "enough", "less"],
)
def test_a_share_counts_when_enough_was_looked_at(samples: tuple[tuple[int, int], ...], raises: bool) -> None:
    """More than half, of at least ten."""
    rule = attrs.evolve(DATA, threshold=Threshold.PERCENTAGE, limit=50.0, least=10)
    assert bool(taken(rule, *samples)[1]) is raises


@pytest.mark.parametrize("rule", [attrs.evolve(DATA, alerts=False), attrs.evolve(DATA, limit=None)])
def test_a_rule_may_count_only(rule: DataRule) -> None:
    """Without alerts, and with a threshold that is no number."""
    board, raised = taken(attrs.evolve(rule, meters=True), (5, 5))
    assert (len(raised), len(board.gauges())) == (0, 0)
    assert (board.counts(), list(board.metered())) == ({"user.d": 5}, ["user.d"])


def test_every_drift_is_a_text_of_its_alert() -> None:
    """The newest ten are kept, and one that comes again is not said again."""
    rule = attrs.evolve(DATA, drift=True, limit=0.0)
    board = Board(Rules(data=(rule,)))
    raised = board.take([Sample("d", 9, 3, ("a", "b", "b"))], 1)
    assert [each.text for each in raised] == ["a"]
    board.take([Sample("d", 1, 1, (str(number),)) for number in range(12)], 2)
    (gauge,) = board.gauges().values()
    assert isinstance(gauge, dict)
    assert gauge["value"]["alertTexts"] == [str(number) for number in range(2, 12)]


def test_a_rule_that_fails_says_why_in_place_of_its_alert() -> None:
    """And can still be raised later."""
    board = Board(Rules(data=(DATA,), metrics=(METRIC,)))
    board.take([Sample("d", 1, 0, fault="CONTAINER_0400 - no")], 1)
    assert board.measure(attrs.evolve(METRIC, condition="${value() > }"), 5, 1, 0) == []
    faults = [each["value"]["exceptionMessage"][:14] for each in board.gauges().values() if isinstance(each, dict)]
    assert faults == ["CONTAINER_0400", "CONTAINER_0400"]


def test_conditions_of_metrics_know_value_time_and_start() -> None:
    """As numbers in their text."""
    assert fulfilled("${value() > 1 && value() < 3}", 2, 0, 0)
    assert fulfilled("${value() > 1.4}", 1.5, 0, 0)
    assert fulfilled("${time:now() - value() > 100}", 800, 1000, 0)
    assert not fulfilled("${time:now() - pipeline:startTime() > 100}", 0, 1000, 950)


def test_metrics_show_alerts_and_what_was_counted() -> None:
    """Under the names of the original, beside the others."""
    board, _ = taken(attrs.evolve(DATA, meters=True), (5, 4))
    before = freeze({"counters": {"a.counter": {"count": 1}}, "gauges": {}, "meters": {}, "timers": {}})
    assert isinstance(before, JsonMap)
    made = with_alerts(before, board, 2.0)
    assert made["counters"] == freeze({"a.counter": {"count": 1}, "user.d.counter": {"count": 4}})
    assert isinstance(made["meters"], JsonMap)
    assert isinstance(made["gauges"], JsonMap)
    assert (list(made["meters"]), list(made["gauges"])) == (["user.d.meter"], ["alert.d.gauge"])
    assert made["timers"] == freeze({})


TIMES = Times()
for _seconds in (1.0, 2.0, 3.0, 4.0):
    TIMES.add(_seconds)
METRICS = freeze(
    {
        "counters": {"pipeline.x.counter": {"count": 7}},
        "meters": {"pipeline.x.meter": {"count": 7, "mean_rate": 3.5, "m1_rate": 3.25}},
        "gauges": {
            "RuntimeStatsGauge.gauge": {"value": {"timeOfLastReceivedRecord": 9, "lastBatchErrorRecordsCount": 2}}
        },
    }
)


@pytest.mark.parametrize(
    ("metric", "kind", "element", "expected"),
    [
        ("pipeline.x.counter", "COUNTER", "COUNTER_COUNT", 7),
        ("pipeline.x", "COUNTER", "COUNTER_COUNT", 7),
        ("pipeline.y.counter", "COUNTER", "COUNTER_COUNT", None),
        ("pipeline.x.meter", "METER", "METER_COUNT", 7),
        ("pipeline.x.meter", "METER", "METER_M1_RATE", 3.25),
        ("pipeline.x.meter", "METER", "METER_H24_RATE", 3.5),
        ("RuntimeStatsGauge.gauge", "GAUGE", "TIME_OF_LAST_RECEIVED_RECORD", 9),
        ("RuntimeStatsGauge.gauge", "GAUGE", "LAST_BATCH_ERROR_RECORDS_COUNT", 2),
        ("RuntimeStatsGauge.gauge", "GAUGE", "CURRENT_BATCH_AGE", 30),
        ("RuntimeStatsGauge.gauge", "GAUGE", "TIME_IN_CURRENT_STAGE", 20),
        ("stage.S_01.batchProcessing.timer", "TIMER", "TIMER_COUNT", 4),
        ("stage.S_01.batchProcessing.timer", "TIMER", "TIMER_MAX", 4_000_000_000),
        ("stage.S_01.batchProcessing", "TIMER", "TIMER_MIN", 1_000_000_000),
        ("stage.S_01.batchProcessing.timer", "TIMER", "TIMER_MEAN", 2.5e9),
        ("stage.S_01.batchProcessing.timer", "TIMER", "TIMER_P75", 4e9),
        ("stage.S_01.batchProcessing.timer", "TIMER", "TIMER_MEAN_RATE", 2.0),
        ("stage.S_02.batchProcessing.timer", "TIMER", "TIMER_COUNT", None),
        ("pipeline.batchProcessing.timer", "TIMER", "TIMER_COUNT", None),
        ("stage.S_01.inputRecords.histogramM5", "HISTOGRAM", "HISTOGRAM_MEAN", 2.5),
        ("stage.S_01.inputRecords.histogramM5", "HISTOGRAM", "HISTOGRAM_MEDIAN", 3.0),
        ("stage.S_01.inputRecords.histogramM5", "HISTOGRAM", "HISTOGRAM_MAX", 4),
        ("stage.S_01.errorRecords.histogramM5", "HISTOGRAM", "HISTOGRAM_MAX", None),
        ("pipeline.inputRecordsPerBatch", "HISTOGRAM", "HISTOGRAM_COUNT", 1),
        ("pipeline.errorsPerBatch.histogramM5", "HISTOGRAM", "HISTOGRAM_MAX", 4),
        ("pipeline.x.counter", "OTHER", "", None),
    ],
)
def test_rules_ask_for_one_value_of_a_metric(metric: str, kind: str, element: str, expected: float | None) -> None:
    """None where there is no such metric; times are in nanoseconds, ages in milliseconds."""
    assert isinstance(METRICS, JsonMap)
    rule = attrs.evolve(METRIC, metric=metric, kind=kind, element=element)
    tally = Tally(times={"S_01": TIMES}, sizes={"S_01": {"inputRecords": TIMES}})
    tally.ended(Last(1, 2, 3, 4))
    assert measured(rule, METRICS, tally, Ages(30, 20), 2.0) == expected


def test_the_newest_batch_of_several_processes_counts() -> None:
    """With the newest record of all."""
    one, other = Tally(last=Last(1, 1, 0, 0, 50)), Tally(last=Last(2, 2, 0, 0, 40))
    one.merge(other)
    assert one.last == Last(2, 2, 0, 0, 50)
    one.merge(Tally())
    assert one.last == Last(2, 2, 0, 0, 50)


def test_an_alert_tells_whom_its_rules_name() -> None:
    """A mail where the rule wants one, and every webhook; texts stand in JSON as they must."""
    hook = freeze({"webhookUrl": "http://h", "payload": '{"t": "{{ALERT_TEXT}} {{ALERT_VALUE}} {{PIPELINE_TITLE}}"}'})
    assert isinstance(hook, JsonMap)
    rules = Rules(metrics=(METRIC,), receivers=("a@example.org",), webhooks=(Given(hook),))
    plan = Plan("flow", (), title="Flow", rules=rules)
    raised = Raised(attrs.evolve(METRIC, mails=True), 'so "many"', 5)
    mail, call = alert_notices(plan, raised, 0)
    assert isinstance(mail, Mail)
    assert isinstance(call, WebCall)
    assert (mail.receivers, mail.subject) == (("a@example.org",), 'StreamSets Data Collector Alert - so "many"')
    assert "Value: 5" in mail.body
    assert (call.url, call.method, call.body) == ("http://h", "POST", '{"t": "so \\"many\\" 5 Flow"}')
    assert [type(each) for each in alert_notices(plan, attrs.evolve(raised, rule=METRIC), 0)] == [WebCall]
