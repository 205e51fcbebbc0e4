"""Promises of the origins for development: Dev Raw Data Source and Dev Random Record Source."""

import itertools

import pytest

from penstock.adapters.engine.origins import PARSER_SERVICE, RandomRecords, RawData
from penstock.core.catalogue.definitions import StageType
from penstock.core.plan import Given, StagePlan
from penstock.core.plan.unfit import UnfitError
from penstock.core.processors import Out, Tools
from penstock.core.records.record import EVENT_TYPE
from penstock.core.records.values import FieldType, Null
from penstock.core.values import JsonMap, freeze


def given(settings: dict[str, object]) -> Given:
    """Settings as a stage has them."""
    frozen = freeze(settings)
    assert isinstance(frozen, JsonMap)
    return Given(frozen)


def raw(text: str, *, format_: str = "JSON", max_records: int = 10, **settings: object) -> tuple[Out, str | None]:
    """What one batch of raw data is, and the offset behind it."""
    service = given({"dataFormat": format_, "dataFormatConfig.jsonContent": "MULTIPLE_OBJECTS"})
    held = given({"rawData": text, **settings})
    plan = StagePlan("R_01", "raw", StageType.ORIGIN, given=held, services={PARSER_SERVICE: service})
    out = Out(1)
    offset = RawData(plan, Tools(plan, lambda: 0, lambda: 0.5, lambda: "id")).read(None, max_records, out)
    return out, offset


def test_every_batch_is_all_of_the_raw_data() -> None:
    """Whatever the size of batches is; ids tell the place."""
    out, offset = raw('{"a": 1}\n{"a": 2}\n{"a": 3}', max_records=2)
    assert [record.value for record in out.lanes[0]] == [{"a": 1}, {"a": 2}, {"a": 3}]
    ids = [record.header.source_id for record in out.lanes[0]]
    assert ids == ["rawData::0", "rawData::9", "rawData::18"]
    assert offset == "rawData"


def test_raw_data_can_end_after_a_batch() -> None:
    """The offset is none then."""
    assert raw('{"a": 1}', stopAfterFirstBatch=True)[1] is None


@pytest.mark.parametrize(
    ("kind", "text", "first"),
    [
        ("DELIMITED", "a,b", ["a", "b"]),
        ("TEXT", "one", ["one"]),
        ("XML", "<a><b/></a>", [{"b": [{}]}]),
        ("LOG", '1.2.3.4 - bob [10/Oct/2000:13:55:36 -0700] "GET /x HTTP/1.0" 200 23', ["1.2.3.4"]),
    ],
)
def test_raw_data_is_read_in_the_format_of_its_service(kind: str, text: str, first: list[object]) -> None:
    """Among them those of lines, columns and documents."""
    (record,) = raw(text, format_=kind)[0].lanes[0]
    assert isinstance(record.value, dict)
    assert [each for each in record.value.values() if each in first] == first


@pytest.mark.parametrize("text", ['{"a": 1}\n{"a": ', '{"a": 1}\n{"b": \ud800{'])
def test_broken_raw_data_is_refused_as_bytes(text: str) -> None:
    """The records before it are kept."""
    out, _ = raw(text)
    assert [record.value for record in out.lanes[0]] == [{"a": 1}]
    (error,) = out.errors
    assert (error.code, error.record.value) == ("SERVICE_ERROR_001", text.encode("utf-8", "surrogatepass"))


def test_event_data_becomes_events() -> None:
    """One for each of its records, with every batch."""
    out, _ = raw('{"a": 1}', eventData='{"e": 1}\n{"e": 2}')
    assert [event.value for event in out.events] == [{"e": 1}, {"e": 2}]
    assert {event.attributes[EVENT_TYPE] for event in out.events} == {"raw-data-event"}


def test_broken_event_data_is_refused_like_raw_data() -> None:
    """As bytes; the events before it are sent, with ids of their own."""
    out, _ = raw('{"a": 1}', eventData='{"e": 1} {')
    assert [(event.value, event.header.source_id) for event in out.events] == [({"e": 1}, "eventData::0")]
    (error,) = out.errors
    assert (error.code, error.record.value, error.record.header.source_id) == (
        "SERVICE_ERROR_001",
        b'{"e": 1} {',
        "eventData",
    )


def test_a_row_that_cannot_be_read_is_refused_alone() -> None:
    """The rows behind it are read."""
    text = "x,y\n1,2\n1,2,3\n4,5\n"
    service: dict[str, object] = {"dataFormat": "DELIMITED", "dataFormatConfig.csvHeader": "WITH_HEADER"}
    plan = StagePlan(
        "R_01", "raw", StageType.ORIGIN, given=given({"rawData": text}), services={PARSER_SERVICE: given(service)}
    )
    out = Out(1)
    RawData(plan, Tools(plan, lambda: 0, lambda: 0.5, lambda: "id")).read(None, 10, out)
    assert [record.value for record in out.lanes[0]] == [{"x": "1", "y": "2"}, {"x": "4", "y": "5"}]
    assert [error.code for error in out.errors] == ["SERVICE_ERROR_001"]


def at_random(lanes: int = 1, **settings: object) -> RandomRecords:
    """A random origin."""
    outputs = tuple(f"lane{number}" for number in range(lanes))
    plan = StagePlan("R_01", "random", StageType.ORIGIN, given=given(settings), outputs=outputs)
    draws = itertools.cycle((0.1, 0.7))
    return RandomRecords(plan, Tools(plan, lambda: 0, lambda: next(draws), lambda: "id", True))


def test_random_records_have_the_fields_that_are_named() -> None:
    """Whole numbers, three of ten null."""
    out = Out(1)
    origin = at_random(fields="x,y")
    for _ in range(200):
        origin.read("random", 10, out)
    values = [item for record in out.lanes[0] if isinstance(record.value, dict) for item in record.value.values()]
    assert {tuple(record.value) for record in out.lanes[0] if isinstance(record.value, dict)} == {("x", "y")}
    nulls = sum(item == Null(FieldType.INTEGER) for item in values)
    assert 0.2 < nulls / len(values) < 0.4
    assert {type(item) for item in values} == {int, Null}


def test_random_records_are_dealt_over_the_lanes() -> None:
    """One after the other, with ids that count within the batch."""
    out = Out(2)
    origin = at_random(lanes=2)
    while not out.lanes[1]:
        out = Out(2)
        origin.read("random", 10, out)
    even, odd = ([record.header.source_id for record in lane] for lane in out.lanes)
    assert even[:2] == ["random:0", "random:2"][: len(even)]
    assert odd[0] == "random:1"


def test_random_records_end_when_all_are_made() -> None:
    """No more than were asked for."""
    out = Out(1)
    offset: str | None = "random"
    origin = at_random(maxRecordsToGenerate=25)
    while offset is not None:
        offset = origin.read(offset, 10, out)
    assert len(out.lanes[0]) == 25


def test_raw_data_is_there() -> None:
    """Without it there is no start."""
    with pytest.raises(UnfitError, match="DEV_002"):
        raw("")
