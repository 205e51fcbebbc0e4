"""Promises of the Record Deduplicator and the Stream Selector: which lane a record goes to."""

import pytest

from penstock.core.catalogue.definitions import StageType
from penstock.core.errors import InvalidValueError
from penstock.core.plan import Given, StagePlan
from penstock.core.processors import Out, Tools
from penstock.core.processors.dedup import deduplicator
from penstock.core.records.record import Record
from penstock.core.records.values import FieldValue
from penstock.core.values import JsonMap

from .conftest import Play
from .given import codes, values

DEDUP = "processor_dedup_DeDupDProcessor"
SELECT = "processor_selector_SelectorDProcessor"
TWO = ("one", "two")


def lanes(play: Play, settings: dict[str, object], *records: FieldValue) -> tuple[list[FieldValue], list[FieldValue]]:
    """What goes to the lanes of a deduplicator."""
    made = play(DEDUP, settings, *records, lanes=TWO)
    return values(made), values(made, 1)


def test_a_record_that_was_seen_goes_to_the_second_lane(play: Play) -> None:
    """All fields are compared."""
    assert lanes(play, {}, {"a": 1}, {"a": 2}, {"a": 1}) == ([{"a": 1}, {"a": 2}], [{"a": 1}])


def test_names_of_fields_are_not_compared(play: Play) -> None:
    """Values are, in the order of their paths."""
    assert lanes(play, {}, {"a": 1}, {"b": 1}) == ([{"a": 1}], [{"b": 1}])


def test_a_null_looks_like_the_truth(play: Play) -> None:
    """Both are one byte, as in the original; maps and lists are what is in them."""
    assert lanes(play, {}, {"a": None}, {"a": None}, {"a": True}) == ([{"a": None}], [{"a": None}, {"a": True}])
    assert lanes(play, {}, {"a": {}}, {"a": []}) == ([{"a": {}}], [{"a": []}])


def test_all_fields_run_into_each_other(play: Play) -> None:
    """Nothing stands between the values of a whole record."""
    assert lanes(play, {}, {"a": "x", "b": "yz"}, {"a": "xy", "b": "z"})[1] == [{"a": "xy", "b": "z"}]


def test_chosen_fields_are_kept_apart(play: Play) -> None:
    """A separator stands between them; other fields do not count."""
    settings: dict[str, object] = {"compareFields": "SPECIFIED_FIELDS", "fieldsToCompare": ["/a", "/b"]}
    assert lanes(play, settings, {"a": "x", "b": "yz"}, {"a": "xy", "b": "z"})[1] == []
    assert len(lanes(play, settings, {"a": "x", "b": "y", "c": 1}, {"a": "x", "b": "y", "c": 2})[1]) == 1


def test_a_record_without_a_chosen_field_is_refused(play: Play) -> None:
    """It has nothing to compare."""
    settings = {"compareFields": "SPECIFIED_FIELDS", "fieldsToCompare": ["/a"]}
    assert codes(play(DEDUP, settings, {"b": 1}, lanes=TWO)) == ["DEDUP_04"]


def test_only_the_last_records_are_remembered(play: Play) -> None:
    """The oldest is forgotten when the window is full."""
    assert lanes(play, {"recordCountWindow": 1}, 1, 2, 1) == ([1, 2, 1], [])
    assert lanes(play, {"recordCountWindow": 2}, 1, 2, 1) == ([1, 2], [1])


def test_records_are_forgotten_when_their_time_is_over() -> None:
    """Counted from when they were first seen; without a time only the number of records counts."""
    for seconds, unique in ((0, [1, 0, 0, 0]), (10, [1, 0, 0, 1])):
        now = [0]
        given = Given(JsonMap({"timeWindowSecs": seconds}))
        plan = StagePlan("S_01", DEDUP, StageType.PROCESSOR, given=given, outputs=TWO)
        stage = deduplicator(plan, Tools(plan, lambda now=now: now[0], lambda: 0.5, lambda: "id"))  # type: ignore[misc]
        counts = []
        for now[0] in (0, 5_000, 9_999, 10_000):
            out = Out(2)
            stage([Record({"a": 1})], out)
            counts.append(len(out.lanes[0]))
        assert counts == unique


def test_the_order_of_fields_counts_only_where_they_are_chosen(play: Play) -> None:
    """A whole record is compared in the order of its paths, chosen fields in the order in which they are named."""
    assert len(lanes(play, {}, {"a": 1, "b": 2}, {"b": 2, "a": 1})[1]) == 1
    settings: dict[str, object] = {"compareFields": "SPECIFIED_FIELDS", "fieldsToCompare": ["/b", "/a"]}
    assert len(lanes(play, settings, {"a": 1, "b": 2}, {"b": 2, "a": 1})[1]) == 1
    assert lanes(play, settings, {"a": 1, "b": 2}, {"a": 2, "b": 1})[1] == []


def test_the_digest_stands_in_the_header(play: Play) -> None:
    """Under the name of the stage."""
    (record,) = play(DEDUP, {}, {"a": 1}, lanes=TWO).lanes[0]
    (name,) = record.attributes
    assert name.startswith("Info[instance='S_01'")
    assert name.endswith(".hash")


@pytest.mark.parametrize(
    ("settings", "code"),
    [
        ({"recordCountWindow": 0}, "DEDUP_00"),
        ({"timeWindowSecs": -1}, "DEDUP_01"),
        ({"compareFields": "SPECIFIED_FIELDS"}, "DEDUP_02"),
    ],
)
def test_settings_that_cannot_be(play: Play, settings: dict[str, object], code: str) -> None:
    """They are refused at start."""
    with pytest.raises(InvalidValueError, match=code):
        play(DEDUP, settings, lanes=TWO)


def selecting(*conditions: str) -> dict[str, object]:
    """A selector with a lane per condition."""
    rows = [
        {"outputLane": lane, "predicate": text} for lane, text in zip(("one", "two", "three"), conditions, strict=True)
    ]
    return {"lanePredicates": rows}


def test_a_record_goes_to_every_lane_that_fits(play: Play) -> None:
    """To the default only when none does; each lane has its own copy."""
    settings = selecting("${record:value('/a') > 1}", "${record:value('/a') > 2}", "default")
    made = play(SELECT, settings, {"a": 1}, {"a": 2}, {"a": 3}, lanes=("one", "two", "three"))
    assert [values(made, lane) for lane in range(3)] == [[{"a": 2}, {"a": 3}], [{"a": 3}], [{"a": 1}]]
    assert made.lanes[0][1] is not made.lanes[1][0]


def test_a_record_may_be_on_a_lane_and_refused(play: Play) -> None:
    """Conditions are judged one after the other."""
    settings = selecting("${true}", "${1 + 'x' > 2}", "default")
    made = play(SELECT, settings, {"a": 1}, lanes=("one", "two", "three"))
    assert (values(made), codes(made), values(made, 2)) == ([{"a": 1}], ["SELECTOR_09"], [])
