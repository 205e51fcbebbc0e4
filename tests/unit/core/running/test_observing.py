"""Promises about data rules: which records are looked at, and what they show."""

import itertools
from collections.abc import Callable

import attrs
import pytest

from penstock.core.catalogue.definitions import StageType
from penstock.core.el import Scope
from penstock.core.plan.model import Plan, StagePlan
from penstock.core.plan.rules import DataRule, Rules
from penstock.core.processors.api import Tools
from penstock.core.records.record import Record
from penstock.core.records.values import FieldValue, ListMap
from penstock.core.running.observing import Observer, Sample, data_observer

RULE = DataRule("d", "name", "lane", 100, "${record:value('/a') > 1}", "a is ${record:value('/a')}")


def chance(*numbers: float) -> Callable[[], float]:
    """These numbers, again and again."""
    return itertools.cycle(numbers or (0.0,)).__next__


def observer(*rules: DataRule, by: Callable[[], float] | None = None) -> Observer:
    """What applies rules."""
    return Observer(rules, Scope, by or chance())


def seen(rule: DataRule, *values: FieldValue) -> Sample:
    """What one rule sees in records with these values."""
    (found,) = observer(rule).look("lane", [Record(value) for value in values])
    return found


def test_a_rule_tells_of_the_records_that_fulfil_it() -> None:
    """How many it looked at, how many fulfil it, and its text for these."""
    assert seen(RULE, {"a": 1}, {"a": 2}, {"a": 3}) == Sample("d", 3, 2, ("a is 2", "a is 3"))
    assert seen(RULE, {"a": 1}) == Sample("d", 1, 0)


def test_a_rule_that_cannot_be_applied_says_so_and_goes_on() -> None:
    """A record that has no answer does not fulfil it; a condition that cannot be read has none at all."""
    found = seen(attrs.evolve(RULE, condition="${record:value('/a') + 'x' > 1}"), {"a": 1}, {"a": 2})
    assert (found.seen, found.matched) == (2, 0)
    assert found.fault.startswith("CONTAINER_0400 - ")
    broken = seen(attrs.evolve(RULE, condition="${1 +"), {"a": 1})
    assert (broken.seen, broken.matched, broken.fault[:14]) == (1, 0, "CONTAINER_0400")


def test_a_text_that_cannot_be_evaluated_stays_as_it_is() -> None:
    """With the reason."""
    found = seen(attrs.evolve(RULE, text="${record:value('/a') + 'x'}"), {"a": 2})
    assert found.texts[0].startswith("${record:value('/a') + 'x'} (")


@pytest.mark.parametrize(
    ("condition", "values", "text"),
    [
        ("drift:type('/a', false)", ({"a": 1}, {"a": 2}, {"a": "x"}), "type of field /a changed"),
        ("drift:size('/a', false)", ({"a": [1]}, {"a": [2]}, {"a": [1, 2]}), "size of field /a changed from 1 to 2"),
        ("drift:names('/', false)", ({"a": 1}, {"a": 1}, {"b": 1}), "names of field / changed"),
        (
            "drift:order('/', true)",
            (ListMap(a=1, b=1), ListMap(a=1, b=1), ListMap(b=1, a=1)),
            "order of field / changed",
        ),
    ],
)
def test_drift_is_told_with_what_changed(condition: str, values: tuple[FieldValue, ...], text: str) -> None:
    """The first record is what the next ones are compared with; each rule remembers for itself."""
    rule = attrs.evolve(RULE, condition=f"${{{condition}}}", text="${alert:info()}", drift=True)
    found = seen(rule, *values)
    assert (found.matched, len(found.texts)) == (1, 1)
    assert text in found.texts[0]
    watching = observer(rule, attrs.evolve(rule, rule_id="other"))
    assert [each.matched for each in watching.look("lane", [Record(value) for value in values])] == [1, 1]
    assert [each.matched for each in watching.look("lane", [Record(values[-1])])] == [0, 0]


def picked(watching: Observer, count: int, batch: int) -> list[list[int]]:
    """The numbers of the records that each rule of a lane tells of, in batches."""
    found: dict[str, list[int]] = {}
    for first in range(0, count, batch):
        records = [Record({"a": number + 2}) for number in range(first, min(count, first + batch))]
        for sample in watching.look("lane", records):
            found.setdefault(sample.rule_id, []).extend(int(text.split()[-1]) - 2 for text in sample.texts)
    return list(found.values())


def test_of_every_hundred_records_as_many_as_the_percentage_says_are_looked_at() -> None:
    """Chosen by chance, over the borders of batches; a smaller rule looks at the first of those of the largest."""
    large, small = attrs.evolve(RULE, percent=7), attrs.evolve(RULE, rule_id="small", percent=3)
    of_large, of_small = picked(observer(large, small, by=chance(0.1, 0.9, 0.5)), 300, 9)
    for hundred in range(3):
        numbers = [each for each in of_large if each // 100 == hundred]
        assert len(numbers) == 7
        assert [each for each in of_small if each // 100 == hundred] == numbers[:3]
    assert len({each % 100 for each in of_large}) > 7


def test_a_rule_of_nothing_looks_at_nothing() -> None:
    """And a lane has only the rules about it."""
    watching = observer(attrs.evolve(RULE, percent=0), attrs.evolve(RULE, lane="other"))
    assert watching.lanes == {"lane", "other"}
    assert watching.look("lane", [Record({"a": 5})] * 200) == []


def test_drift_is_looked_for_where_somebody_sees_all_records() -> None:
    """Elsewhere nobody could tell what was there before."""
    rules = Rules(data=(RULE, attrs.evolve(RULE, rule_id="e", lane="other", drift=True)))
    plan = Plan("flow", (StagePlan("S_01", "kind", StageType.ORIGIN),), rules=rules)

    def tools(stage: StagePlan) -> Tools:
        return Tools(stage, lambda: 0, lambda: 0.0, lambda: "id")

    assert data_observer(plan, tools).lanes == {"lane", "other"}
    assert data_observer(plan, tools, drift=False).lanes == {"lane"}
