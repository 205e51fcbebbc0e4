"""Alerts: what rules found in a run so far, and whom to tell of it."""

from collections.abc import Iterable, Iterator

import attrs

from ..el import ElError, EvaluationError, Scope, compile_text
from ..el.coerce import as_truth
from ..java import java_string
from ..plan.rules import DataRule, MetricRule, Rule, Rules, Threshold
from ..values import JsonMap, freeze
from .observing import Sample
from .tally import meter

KEPT_TEXTS = 10
_VALUE, _NOW, _START = "value()", "time:now()", "pipeline:startTime()"


@attrs.frozen
class Raised:
    """An alert that was raised for the first time in a run: somebody is to be told."""

    rule: Rule
    text: str
    value: int | float

    @property
    def line(self) -> str:
        """As the log of the run tells it."""
        return f"alert {self.rule.name}: {self.text} (value {java_string(self.value)})"


@attrs.define
class Alert:
    """What is known of the alert of a rule. ``at_ms`` is when it was raised first."""

    rule: Rule
    value: int | float | None = None
    at_ms: int = 0
    texts: list[str] = attrs.field(factory=list)
    fault: str = ""

    def document(self) -> dict[str, object]:
        """As the gauge of a metric shows it, with what the rule says."""
        told: dict[str, object] = {"name": self.rule.name, "condition": self.rule.condition}
        if self.fault:
            return {**told, "exceptionMessage": self.fault}
        return {**told, "currentValue": self.value, "timestamp": self.at_ms, "alertTexts": list(self.texts)}


@attrs.define
class _Counted:
    seen: int = 0
    matched: int = 0


class Board:
    """The alerts of one run, by rule. Somebody is told when one is raised; later it only changes."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._data = {rule.rule_id: rule for rule in rules.data}
        self._counted = {rule.rule_id: _Counted() for rule in rules.data}
        self._alerts: dict[str, Alert] = {}

    def take(self, samples: Iterable[Sample], now_ms: int) -> list[Raised]:
        """Goes on with what batches showed to data rules; the alerts that were raised."""
        raised: list[Raised] = []
        for sample in samples:
            rule, counted = self._data[sample.rule_id], self._counted[sample.rule_id]
            counted.seen += sample.seen
            counted.matched += sample.matched
            if sample.fault:
                self._fail(rule, sample.fault)
            if rule.alerts and sample.texts and _over(rule, counted):
                for text in sample.texts if rule.drift else sample.texts[:1]:
                    raised += self._alert(rule, text, counted.matched, now_ms)
        return raised

    def measure(self, rule: MetricRule, value: int | float, now_ms: int, start_ms: int) -> list[Raised]:
        """Applies a rule to the value of its metric; the alerts that were raised."""
        try:
            if not fulfilled(rule.condition, value, now_ms, start_ms):
                return []
        except (ElError, EvaluationError) as error:
            self._fail(rule, f"CONTAINER_0400 - the condition cannot be evaluated: {error}")
            return []
        return list(self._alert(rule, rule.text, value, now_ms))

    def _fail(self, rule: Rule, fault: str) -> None:
        self._alerts[rule.rule_id] = Alert(rule, fault=fault)

    def _alert(self, rule: Rule, text: str, value: int | float, now_ms: int) -> Iterator[Raised]:
        held = self._alerts.get(rule.rule_id)
        if held is None:
            self._alerts[rule.rule_id] = Alert(rule, value, now_ms, [text])
            yield Raised(rule, text, value)
            return
        held.value = value
        if not held.texts or held.texts[-1] != text:
            held.texts = [*held.texts, text][-KEPT_TEXTS:]

    def gauges(self) -> dict[str, object]:
        """The alerts under the names of the original's metrics."""
        return {f"alert.{name}.gauge": {"value": alert.document()} for name, alert in self._alerts.items()}

    def counts(self) -> dict[str, int]:
        """How many records fulfilled each data rule."""
        return {f"user.{name}": held.matched for name, held in self._counted.items()}

    def metered(self) -> frozenset[str]:
        """The names in ``counts`` whose rate is asked for."""
        return frozenset(f"user.{rule.rule_id}" for rule in self._rules.data if rule.meters)


def with_alerts(metrics: JsonMap, board: Board, seconds: float) -> JsonMap:
    """Metrics with the alerts, and with the counters and meters of data rules."""
    counts, metered = board.counts(), board.metered()
    more: dict[str, dict[str, object]] = {
        "gauges": board.gauges(),
        "counters": {f"{name}.counter": {"count": count} for name, count in counts.items()},
        "meters": {f"{name}.meter": meter(count, seconds) for name, count in counts.items() if name in metered},
    }
    made = dict(metrics)
    for kind, found in more.items():
        held = metrics.get(kind)
        made[kind] = JsonMap(
            {**(held if isinstance(held, JsonMap) else {}), **{k: freeze(v) for k, v in found.items()}}
        )
    return JsonMap(made)


def _over(rule: DataRule, counted: _Counted) -> bool:
    """True when the threshold of a rule is crossed."""
    if rule.limit is None:
        return False
    if rule.threshold is Threshold.COUNT:
        return counted.matched > rule.limit
    share = counted.matched * 100.0 / counted.seen if counted.seen else 0.0
    return share > rule.limit and counted.seen >= rule.least


def fulfilled(condition: str, value: int | float, now_ms: int, start_ms: int) -> bool:
    """True when a value fulfils the condition of a metric rule.

    Raises:
        ElError, EvaluationError: the condition cannot be read, or has no value.
    """
    text = condition.replace(_VALUE, java_string(value)).replace(_NOW, str(now_ms)).replace(_START, str(start_ms))
    return as_truth(compile_text(text)(Scope(now_ms=lambda: now_ms)))
