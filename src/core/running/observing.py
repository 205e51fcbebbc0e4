"""Data rules: which records of a lane are looked at, and what they show."""

from collections.abc import Callable, Sequence

import attrs

from ..el import ElError, EvaluationError, Scope, compile_text
from ..el.coerce import as_text, as_truth
from ..plan.model import Plan, StagePlan
from ..plan.rules import DataRule
from ..processors.api import Tools
from ..records.record import Record
from ..records.rows import Lane, Rows

BLOCK = 100
"""Of so many records a rule looks at as many as its percentage says."""
KEPT_TEXTS = 10
ALERT = "alert"
"""What ``alert:info()`` gives of a drift."""


@attrs.frozen
class Sample:
    """What the records of one batch showed to a rule. ``fault`` says why it could not be applied."""

    rule_id: str
    seen: int
    matched: int
    texts: tuple[str, ...] = ()
    fault: str = ""


class Observer:
    """Applies data rules to lanes. ``scope`` makes what the expressions of one rule see, ``chance`` numbers below 1.

    Source: of every hundred records those with as many numbers drawn by chance as the rule with the largest share
    wants; a rule with a smaller share takes the lowest of these.
    """

    def __init__(self, rules: Sequence[DataRule], scope: Callable[[], Scope], chance: Callable[[], float]) -> None:
        by_lane: dict[str, list[_Watched]] = {}
        for rule in rules:
            by_lane.setdefault(rule.lane, []).append(_Watched(rule, scope()))
        self._lanes = {lane: _Sampled(watched, chance) for lane, watched in by_lane.items()}

    @property
    def lanes(self) -> frozenset[str]:
        """The lanes that rules are about."""
        return frozenset(self._lanes)

    def look(self, lane: str, records: Lane) -> list[Sample]:
        """What the records of a batch show."""
        return self._lanes[lane].look(records)


def data_observer(plan: Plan, tools: Callable[[StagePlan], Tools], *, drift: bool = True) -> Observer:
    """What applies the data rules of a flow, those about drift only where somebody sees all records; they see what the
    origin sees."""
    first = plan.stages[0]
    rules = [rule for rule in plan.rules.data if drift or not rule.drift]
    return Observer(rules, lambda: tools(first).scope, tools(first).random)


class _Sampled:
    def __init__(self, watched: "list[_Watched]", chance: Callable[[], float]) -> None:
        self._watched, self._chance = watched, chance
        self._at = 0
        self._draw()

    def _draw(self) -> None:
        most = max(each.rule.percent for each in self._watched)
        numbers = list(range(BLOCK))
        for at in range(most):
            other = at + min(int(self._chance() * (BLOCK - at)), BLOCK - at - 1)
            numbers[at], numbers[other] = numbers[other], numbers[at]
        drawn = sorted(numbers[:most])
        self._of_rule = [frozenset(drawn[: each.rule.percent]) for each in self._watched]
        self._drawn = frozenset(drawn)

    def look(self, records: Lane) -> list[Sample]:
        chosen: list[list[Record]] = [[] for _ in self._watched]
        for number in range(len(records)):
            if self._at in self._drawn:
                record = _record(records, number)
                for numbers, taken in zip(self._of_rule, chosen, strict=True):
                    if self._at in numbers:
                        taken.append(record)
            self._at += 1
            if self._at == BLOCK:
                self._at = 0
                self._draw()
        return [each.applied(taken) for each, taken in zip(self._watched, chosen, strict=True) if taken]


def _record(records: Lane, number: int) -> Record:
    return records.record(number) if isinstance(records, Rows) and not records.made else records[number]


class _Watched:
    """One rule with its expressions; what it remembers of drift is its own."""

    def __init__(self, rule: DataRule, scope: Scope) -> None:
        self.rule = rule
        self._scope = attrs.evolve(scope, memory={})
        self._fault = ""
        try:
            self._condition, self._text = compile_text(rule.condition), compile_text(rule.text)
        except ElError as error:
            self._fault = f"CONTAINER_0400 - the rule cannot be read: {error}"

    def applied(self, records: Sequence[Record]) -> Sample:
        """What records show to the rule; one that it cannot be applied to does not fulfil it."""
        rule_id = self.rule.rule_id
        if self._fault:
            return Sample(rule_id, len(records), 0, fault=self._fault)
        matched, fault, texts = 0, "", list[str]()
        self._scope.memory.pop(ALERT, None)
        for record in records:
            self._scope.record = record
            try:
                if as_truth(self._condition(self._scope)):
                    matched += 1
                    if len(texts) < KEPT_TEXTS:
                        texts.append(self._told())
            except EvaluationError as error:
                fault = f"CONTAINER_0400 - the condition cannot be evaluated for {record.header.source_id}: {error}"
        return Sample(rule_id, len(records), matched, tuple(texts), fault)

    def _told(self) -> str:
        try:
            return as_text(self._text(self._scope))
        except EvaluationError as error:
            return f"{self.rule.text} ({error})"
