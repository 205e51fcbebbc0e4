"""Promises of what is looked at before a record enters a stage."""

import pytest

from penstock.core.catalogue.definitions import StageType
from penstock.core.el import Scope
from penstock.core.plan import StagePlan
from penstock.core.processors import Out, Tools
from penstock.core.records.record import Header, Record
from penstock.core.records.values import FieldValue
from penstock.core.running.checking import admission

WRONG, BROKEN = "${record:value('/a') == 2}", "${record:value('/a') * 'x' > 1}"


@pytest.mark.parametrize(
    ("required", "preconditions", "told"),
    [
        (("/b", "/a", "/c"), (BROKEN,), "CONTAINER_0050 - the required fields /b, /c are missing"),
        ((), (WRONG,), f"CONTAINER_0051 - {WRONG} is not fulfilled"),
        ((), ("${false}", WRONG, "${true}"), "CONTAINER_0051 - ${false}, " + WRONG),
        ((), (WRONG, BROKEN), f"CONTAINER_0052 - {WRONG}, {BROKEN} cannot be evaluated"),
        ((), (BROKEN, WRONG), f"CONTAINER_0052 - {BROKEN}, {WRONG} cannot be evaluated"),
    ],
)
def test_a_record_that_may_not_enter_is_told_everything_that_fails(
    required: tuple[str, ...], preconditions: tuple[str, ...], told: str
) -> None:
    """Required fields first; one precondition without a value makes a fault of all that fail."""
    stage = StagePlan("S_01", "kind", StageType.PROCESSOR, required=required, preconditions=preconditions)
    admit = admission(stage, Tools(stage, lambda: 1000, lambda: 0.5, lambda: "id", scope=Scope(now_ms=lambda: 1000)))
    assert admit is not None
    out = Out(1)
    assert admit([Record({"a": 1}, Header(source_id="r"))], out) == []
    (error,) = out.errors
    assert error.code == "COMMON_0001"
    assert error.message.startswith(f"Stage precondition: {told}")


@pytest.mark.parametrize(("value", "passes"), [({"a": None}, True), ({"a": {"b": 1}}, True), ({"b": 1}, False)])
def test_a_required_field_is_there_with_any_value(value: FieldValue, passes: bool) -> None:
    """Null too; nothing is refused for its value."""
    stage = StagePlan("S_01", "kind", StageType.DESTINATION, required=("/a",))
    admit = admission(stage, Tools(stage, lambda: 1000, lambda: 0.5, lambda: "id", scope=Scope(now_ms=lambda: 1000)))
    assert admit is not None
    assert bool(admit([Record(value)], Out(1))) is passes


def test_a_stage_that_asks_for_nothing_looks_at_nothing() -> None:
    """There is nothing to call."""
    stage = StagePlan("S_01", "kind", StageType.PROCESSOR)
    assert admission(stage, Tools(stage, lambda: 1000, lambda: 0.5, lambda: "id")) is None
