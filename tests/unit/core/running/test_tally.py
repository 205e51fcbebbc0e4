"""Metrics that stages keep themselves."""

import sys
import threading

from penstock.core.catalogue.definitions import StageType
from penstock.core.plan import Plan, StagePlan
from penstock.core.processors import Out
from penstock.core.running import Tally
from penstock.core.running.tally import Last, metrics_document
from penstock.core.values import JsonMap, thaw

STAGE = StagePlan("Web_01", "kind", StageType.PROCESSOR, "Web")
PLAN = Plan("p", stages=(STAGE,))


def noted(*seconds: float | None, status: str = "200") -> Tally:
    """What a batch noted."""
    out = Out(0)
    for each in seconds:
        out.took("Request", each)
        out.count("Http Status", status, each is not None)
    made = Tally()
    made.add(STAGE, (), out)
    return made


def test_timers_and_gauges_of_a_stage_are_named_as_in_the_original() -> None:
    """The name of the stage's instance, of the metric, and the number of the runner."""
    document = metrics_document(PLAN, noted(0.5, 1.5), 1, 2.0)
    timer = thaw(document["timers"])["custom.Web_01.Request.0.timer"]  # type: ignore[index,call-overload]
    assert (timer["count"], timer["mean"], timer["max"]) == (2, 1.0, 1.5)  # type: ignore[index,call-overload]
    gauges = thaw(document["gauges"])
    assert gauges["custom.Web_01.Http Status.0.gauge"] == {"value": {"200": 2}}  # type: ignore[index,call-overload]


def test_of_texts_and_lists_in_a_gauge_the_newest_counts() -> None:
    """Those of another partition as well."""
    made = []
    for text, end in (("a", 1), ("b", 2)):
        out = Out(1)
        out.say("n", "title", text)
        out.say("n", "data", (JsonMap({"value": JsonMap({"5000": end})}),))
        made.append(Tally())
        made[-1].add(STAGE, (), out)
    made[0].merge(made[1])
    gauges = thaw(metrics_document(PLAN, made[0], 1, 2.0)["gauges"])
    assert gauges["custom.Web_01.n.0.gauge"] == {  # type: ignore[index,call-overload]
        "value": {"title": "b", "data": [{"value": {"5000": 2}}]}
    }


def test_a_metric_that_is_only_known_counts_nothing() -> None:
    """It is shown with zeros, so that readers find it before the first call."""
    document = metrics_document(PLAN, noted(None), 1, 2.0)
    timer = thaw(document["timers"])["custom.Web_01.Request.0.timer"]  # type: ignore[index,call-overload]
    assert (timer["count"], timer["mean"], timer["min"]) == (0, 0, 0)  # type: ignore[index,call-overload]


def test_metrics_of_two_partitions_are_added_up() -> None:
    """Counts by key; the durations of both are in the timer."""
    whole = noted(1.0)
    whole.merge(noted(3.0, status="404"))
    assert whole.own["Web_01"].gauges == {"Http Status": {"200": 1, "404": 1}}
    assert (whole.own["Web_01"].timers["Request"].count, whole.own["Web_01"].timers["Request"].total) == (2, 4.0)


def test_the_newest_text_of_a_gauge_counts() -> None:
    """Texts are not added up."""
    made = noted()
    for text in ("Locked", "Unlocked"):
        out = Out(0)
        out.say("Lock Status", "Lock Status", text)
        made.add(STAGE, (), out)
    assert made.own["Web_01"].gauges == {"Lock Status": {"Lock Status": "Unlocked"}}


def test_no_batch_is_lost_to_who_asks_while_it_is_counted() -> None:
    """Rules are applied beside the thread in which batches run; each size counts once."""
    tally, interval = Tally(), sys.getswitchinterval()

    def count() -> None:
        for _ in range(20_000):
            tally.ended(Last(1, 2, 3, 4))

    batches = threading.Thread(target=count)
    sys.setswitchinterval(1e-6)
    try:
        batches.start()
        while batches.is_alive():
            tally.sizes()
    finally:
        sys.setswitchinterval(interval)
    assert {name: (times.count, times.total) for name, times in tally.sizes()["pipeline"].items()} == {
        "inputRecordsPerBatch": (20_000, 20_000),
        "outputRecordsPerBatch": (20_000, 40_000),
        "errorRecordsPerBatch": (20_000, 60_000),
        "errorsPerBatch": (20_000, 80_000),
    }
