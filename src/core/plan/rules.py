"""The rules that watch a run: of metrics, of records on a lane, and of drift; with whom they tell."""

from collections.abc import Iterator
from enum import Enum

import attrs

from ..values import Json, JsonMap
from .given import NOTHING_GIVEN, Given


class Threshold(Enum):
    """What a data rule counts: the records that fulfil its condition, or their share."""

    COUNT = "COUNT"
    PERCENTAGE = "PERCENTAGE"


@attrs.frozen
class MetricRule:
    """Watches a metric. ``kind`` is COUNTER, METER, TIMER, GAUGE or HISTOGRAM, ``element`` what of it counts."""

    rule_id: str
    text: str
    metric: str
    kind: str
    element: str
    condition: str
    mails: bool = False

    @property
    def name(self) -> str:
        """What people call it."""
        return self.text


@attrs.frozen
class DataRule:
    """Watches a share of the records on a lane. One about drift tells of every change."""

    rule_id: str
    name: str
    lane: str
    percent: int
    condition: str
    text: str = ""
    alerts: bool = True
    threshold: Threshold = Threshold.COUNT
    limit: float | None = 0.0
    """None for a text that is no number: the rule never alerts then."""
    least: int = 0
    """How many records must have been looked at before a share counts."""
    meters: bool = False
    mails: bool = False
    drift: bool = False


Rule = MetricRule | DataRule


@attrs.frozen
class Rules:
    """The rules of a flow that are switched on, and whom they tell."""

    metrics: tuple[MetricRule, ...] = ()
    data: tuple[DataRule, ...] = ()
    receivers: tuple[str, ...] = ()
    webhooks: tuple[Given, ...] = attrs.field(default=(), repr=False)

    @property
    def any(self) -> bool:
        """True when there is something to watch."""
        return bool(self.metrics or self.data)


NO_RULES = Rules()


def rules_of(document: JsonMap | None, settings: Given) -> Rules:
    """The rules of a document that travels with a flow; ``settings`` are its own."""
    if document is None:
        return NO_RULES
    data = [
        *(_data_rule(row, drift=False) for row in _on(document, "dataRuleDefinitions")),
        *(_data_rule(row, drift=True) for row in _on(document, "driftRuleDefinitions")),
    ]
    receivers = settings.texts("emailIDs") or Given(document).texts("emailIds")
    return Rules(
        tuple(_metric_rule(row) for row in _on(document, "metricsRuleDefinitions")),
        tuple(data),
        tuple(each for each in receivers if each.strip()),
        tuple(row for row in settings.rows("webhookConfigs") if row.text("webhookUrl").strip()),
    )


def settings_in(document: JsonMap | None) -> JsonMap:
    """The settings of a document of rules by name."""
    rows = NOTHING_GIVEN if document is None else Given(document)
    return JsonMap({row.text("name"): row.get("value") for row in rows.rows("configuration")})


def _on(document: JsonMap, key: str) -> Iterator[Given]:
    return (row for row in Given(document).rows(key) if row.flag("enabled"))


def _metric_rule(row: Given) -> MetricRule:
    return MetricRule(
        rule_id=row.text("id"),
        text=row.text("alertText"),
        metric=row.text("metricId"),
        kind=row.text("metricType"),
        element=row.text("metricElement"),
        condition=row.text("condition"),
        mails=row.flag("sendEmail"),
    )


def _data_rule(row: Given, *, drift: bool) -> DataRule:
    limit = _number(row.get("thresholdValue"))
    by_share = not drift and row.text("thresholdType") == Threshold.PERCENTAGE.value
    return DataRule(
        rule_id=row.text("id"),
        name=row.text("label"),
        lane=row.text("lane"),
        percent=max(0, min(100, int(_number(row.get("samplingPercentage")) or 0))),
        condition=row.text("condition"),
        text=row.text("alertText"),
        alerts=row.flag("alertEnabled"),
        threshold=Threshold.PERCENTAGE if by_share else Threshold.COUNT,
        limit=0.0 if drift else limit,
        least=int(_number(row.get("minVolume")) or 0),
        meters=row.flag("meterEnabled"),
        mails=row.flag("sendEmail"),
        drift=drift,
    )


def _number(value: Json) -> float | None:
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        number = float(value)
    except ValueError:
        return None
    return number if abs(number) < float("inf") else None
