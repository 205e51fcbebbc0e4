"""The values of metrics that rules ask for."""

import math

import attrs

from ..plan.rules import MetricRule
from ..values import JsonMap
from .tally import Tally, Times

_METERS = {
    "METER_COUNT": "count",
    "METER_MEAN_RATE": "mean_rate",
    "METER_M1_RATE": "m1_rate",
    "METER_M5_RATE": "m5_rate",
    "METER_M15_RATE": "m15_rate",
    **dict.fromkeys(
        ("METER_M30_RATE", "METER_H1_RATE", "METER_H6_RATE", "METER_H12_RATE", "METER_H24_RATE"), "mean_rate"
    ),
}
_GAUGE = {
    "TIME_OF_LAST_RECEIVED_RECORD": "timeOfLastReceivedRecord",
    "LAST_BATCH_INPUT_RECORDS_COUNT": "lastBatchInputRecordsCount",
    "LAST_BATCH_OUTPUT_RECORDS_COUNT": "lastBatchOutputRecordsCount",
    "LAST_BATCH_ERROR_RECORDS_COUNT": "lastBatchErrorRecordsCount",
    "LAST_BATCH_ERROR_MESSAGES_COUNT": "lastBatchErrorMessagesCount",
}
_SHARES = {"P50": 0.5, "MEDIAN": 0.5, "P75": 0.75, "P95": 0.95, "P98": 0.98, "P99": 0.99, "P999": 0.999}
_NS = 1_000_000_000


@attrs.frozen
class Ages:
    """How long the batch in hand, and the stage that it is in, have been at work; 0 between batches."""

    batch_ms: int = 0
    stage_ms: int = 0


def measured(rule: MetricRule, metrics: JsonMap, tally: Tally, ages: Ages, seconds: float) -> int | float | None:
    """The value that a rule asks for; None where there is no such metric.

    Units: those of the original: times of timers in nanoseconds, ages in milliseconds, rates per second.
    """
    if rule.element == "CURRENT_BATCH_AGE":
        return ages.batch_ms
    if rule.element == "TIME_IN_CURRENT_STAGE":
        return ages.stage_ms
    match rule.kind:
        case "COUNTER":
            return _number(metrics, "counters", rule.metric, "counter", "count")
        case "METER":
            return _number(metrics, "meters", rule.metric, "meter", _METERS.get(rule.element, ""))
        case "GAUGE":
            return _gauge(metrics, _GAUGE.get(rule.element, ""))
        case "TIMER":
            times = _times(tally, rule.metric)
            return None if times is None else shown(times, rule.element.removeprefix("TIMER_"), _NS, seconds)
        case "HISTOGRAM":
            sizes = _sizes(tally, rule.metric)
            return None if sizes is None else shown(sizes, rule.element.removeprefix("HISTOGRAM_"), 1, seconds)
    return None


def _number(metrics: JsonMap, kind: str, name: str, suffix: str, element: str) -> int | float | None:
    held = metrics.get(kind)
    full = name if name.endswith(f".{suffix}") else f"{name}.{suffix}"
    found = held.get(full) if isinstance(held, JsonMap) else None
    value = found.get(element) if isinstance(found, JsonMap) else None
    return value if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def _gauge(metrics: JsonMap, element: str) -> int | float | None:
    gauges = metrics.get("gauges")
    found = gauges.get("RuntimeStatsGauge.gauge") if isinstance(gauges, JsonMap) else None
    value = found.get("value") if isinstance(found, JsonMap) else None
    number = value.get(element) if isinstance(value, JsonMap) else None
    return number if isinstance(number, int) else None


def _times(tally: Tally, name: str) -> Times | None:
    instance = name.removesuffix(".timer").removesuffix(".batchProcessing")
    if instance == "pipeline":
        return tally.batch if tally.batch.count else None
    return tally.times.get(instance.removeprefix("stage."))


def _sizes(tally: Tally, name: str) -> Times | None:
    instance, _, part = name.removesuffix(".histogramM5").rpartition(".")
    return tally.sizes().get(instance.removeprefix("stage."), {}).get(part)


def shown(times: Times, element: str, unit: int, seconds: float) -> int | float | None:
    """One value of a timer or a histogram, of so many units for one; those that only the newest tell are of these."""
    if not times.count:
        return 0
    ordered = sorted(times.newest)
    if element in _SHARES:
        return ordered[min(len(ordered) - 1, int(_SHARES[element] * len(ordered)))] * unit
    match element:
        case "COUNT":
            return times.count
        case "MAX":
            return int(times.most * unit)
        case "MIN":
            return int(times.least * unit)
        case "MEAN":
            return times.total / times.count * unit
        case "STD_DEV":
            middle = sum(ordered) / len(ordered)
            return math.sqrt(sum((each - middle) ** 2 for each in ordered) / len(ordered)) * unit
        case "MEAN_RATE" | "M1_RATE" | "M5_RATE" | "M15_RATE":
            return times.count / max(0.001, seconds)
    return None
