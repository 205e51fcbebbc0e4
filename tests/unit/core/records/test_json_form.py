"""Promises about records as JSON: the form of every type, the keys of the header, the paths."""

from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from penstock.core.errors import FormatError, LimitError
from penstock.core.records.json_form import field_to_json, record_from_json, record_to_json
from penstock.core.records.record import ErrorInfo, Header, Record
from penstock.core.records.values import (
    Byte,
    Char,
    Date,
    FieldType,
    FieldValue,
    FileRef,
    Float,
    ListMap,
    Long,
    Null,
    Short,
    Time,
    Zoned,
)

AT = datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "kind", "told"),
    [
        (5, "INTEGER", "5"),
        (Long(5), "LONG", "5"),
        (Float(1.5), "FLOAT", "1.5"),
        (1.0, "DOUBLE", "1.0"),
        (1e10, "DOUBLE", "1.0E10"),
        (Byte(5), "BYTE", 5),
        (Short(5), "SHORT", 5),
        (Decimal("1.50"), "DECIMAL", "1.50"),
        (True, "BOOLEAN", True),
        (Char("c"), "CHAR", "c"),
        ("s", "STRING", "s"),
        (AT, "DATETIME", 1000),
        (Date(1970, 1, 1, 0, 0, 1, tzinfo=UTC), "DATE", 1000),
        (Time(1970, 1, 1, 0, 0, 1, tzinfo=UTC), "TIME", 1000),
        (
            Zoned(2017, 1, 1, 10, tzinfo=ZoneInfo("Europe/Paris")),
            "ZONED_DATETIME",
            "2017-01-01T10:00:00+01:00[Europe/Paris]",
        ),
        (b"\x00\x01", "BYTE_ARRAY", "AAE="),
        (None, "STRING", None),
        (Null(FieldType.MAP), "MAP", None),
    ],
)
def test_every_type_has_its_form(value: FieldValue, kind: str, told: object) -> None:
    """Numbers of 32 bits and more are texts, dates milliseconds, bytes base64, every null null."""
    assert field_to_json(value) == {"type": kind, "value": told, "sqpath": "", "dqpath": ""}


def test_a_file_is_told_by_what_is_known_of_it() -> None:
    """And not read."""
    told = field_to_json(FileRef(lambda: pytest.fail("it was read"), {"size": 3}, buffer_size_bytes=8))["value"]
    assert told == {"fileInfo": {"size": "3"}, "bufferSize": 8}


def test_maps_are_objects_and_list_maps_are_lists() -> None:
    """Names of list-maps are in the paths alone."""
    inner = {"type": "INTEGER", "value": "1", "sqpath": "/a", "dqpath": "/a"}
    assert field_to_json({"a": 1})["value"] == {"a": inner}
    assert field_to_json(ListMap({"a": 1}))["value"] == [inner]
    assert field_to_json([1])["value"] == [{**inner, "sqpath": "[0]", "dqpath": "[0]"}]


@pytest.mark.parametrize(
    ("name", "single", "double"),
    [
        ("plain_1", "/plain_1", "/plain_1"),
        ("a b", "/'a b'", '/"a b"'),
        ("a.b", "/'a.b'", '/"a.b"'),
        ("ä", "/'ä'", '/"ä"'),
        ("a'b", "/'a\\\\'b'", '/"a\\\'b"'),
        ('a"b', "/'a\\\"b'", '/"a\\\\"b"'),
        ("a\\b", "/'a\\\\b'", '/"a\\\\b"'),
    ],
)
def test_paths_are_quoted_both_ways(name: str, single: str, double: str) -> None:
    """Where a name has other signs than letters, digits and underscores."""
    made = field_to_json({name: 1})["value"]
    assert isinstance(made, dict)
    found = made[name]
    assert isinstance(found, dict)
    assert (found["sqpath"], found["dqpath"]) == (single, double)


KEYS = (
    "stageCreator sourceId stagesPath trackingId previousTrackingId raw rawMimeType errorDataCollectorId"
    " errorPipelineName errorStage errorStageLabel errorCode errorMessage errorTimestamp errorStackTrace errorJobId"
    " errorJobName values"
)


def test_a_header_has_all_keys() -> None:
    """Those without a value too."""
    header = record_to_json(Record(1, Header("id", "Made_01", "A_01", "id::A_01", attributes={"k": "v"})))["header"]
    assert isinstance(header, dict)
    assert set(KEYS.split()) <= set(header)
    assert (header["sourceId"], header["stageCreator"], header["stagesPath"]) == ("id", "Made_01", "A_01")
    assert (header["values"], header["errorCode"], header["errorTimestamp"]) == ({"k": "v"}, None, 0)


def test_attributes_of_fields_are_told_where_there_are_some() -> None:
    """Others have no such key."""
    made = record_to_json(Record({"a": 1, "b": 2}, Header(field_attributes={"/a": {"k": "v"}})))["value"]
    assert isinstance(made, dict)
    inner = made["value"]
    assert isinstance(inner, dict)
    assert isinstance(inner["a"], dict)
    assert isinstance(inner["b"], dict)
    assert inner["a"]["attributes"] == {"k": "v"}
    assert "attributes" not in inner["b"]


def test_a_record_comes_back_as_it_was() -> None:
    """With its error, attributes and types."""
    error = ErrorInfo(code="C", message="C - m", stage="S_01")
    header = Header("id", "Made_01", "A_01:B_01", "id::A_01:B_01", "id::A_01", error, {"k": "v"}, {"/l": {"x": "y"}})
    value: FieldValue = {"l": ListMap({"a": Long(1)}), "n": Null(FieldType.DATE), "at": AT, "b": b"x"}
    made = record_from_json(record_to_json(Record(value, header)), "here")
    assert (made.value, made.header) == (value, header)
    assert isinstance(made.value, dict)
    assert type(made.value["l"]) is ListMap


def test_everything_about_a_refusal_comes_back() -> None:
    """Also when and where it was, in which job, and the trace."""
    error = ErrorInfo("C", "C - m", "S_01", "Stage 1", 5, "flow", "engine", "job", "Job 1", "trace")
    told = record_to_json(Record(1, Header("id", error=error)))
    header = told["header"]
    assert isinstance(header, dict)
    keys = (
        "errorStageLabel errorTimestamp errorPipelineName errorDataCollectorId errorJobId errorJobName errorStackTrace"
    )
    assert [header[key] for key in keys.split()] == ["Stage 1", 5, "flow", "engine", "job", "Job 1", "trace"]
    assert record_from_json(told, "here").header.error == error


@pytest.mark.parametrize(
    "value",
    [
        Byte(-128),
        Short(2**15 - 1),
        -(2**31),
        Long(2**31 - 1),
        2**63 - 1,
        Float(1.5),
        1e300,
        float("-inf"),
        Decimal("1.50"),
        False,
        Char("c"),
        AT,
        Date(1970, 1, 1, 0, 0, 1, tzinfo=UTC),
        Time(1970, 1, 1, 0, 0, 1, tzinfo=UTC),
        Zoned(2017, 1, 1, 10, tzinfo=ZoneInfo("Europe/Paris")),
        Null(FieldType.LIST),
        [[1], {}],
        ListMap({"a/b": 1, "c": [None]}),
    ],
)
def test_a_value_of_every_type_comes_back(value: FieldValue) -> None:
    """With its type."""
    made = record_from_json(record_to_json(Record(value)), "here").value
    assert (made, type(made)) == (value, type(value))


def typed(kind: str, value: object, **more: object) -> dict[str, object]:
    """A record of one field."""
    return {"value": {"type": kind, "value": value, **more}}


@pytest.mark.parametrize(
    ("raw", "place"),
    [
        ([], "/value"),
        ({"value": 5}, "/value"),
        ({"header": [1], "value": None}, "/header"),
        ({"header": {"values": [1]}, "value": None}, "/header/values"),
        (typed("NONE", 1), "/value"),
        (typed("NONE", 1, sqpath="/a"), "/a"),
        (typed("LIST", [5]), "/value"),
        (typed("LIST", {}), "/value"),
        (typed("MAP", []), "/value"),
        (typed("LIST_MAP", {}), "/value"),
        (typed("INTEGER", str(2**31), sqpath="/n"), "/n"),
        (typed("INTEGER", str(-(2**31) - 1)), "/value"),
        (typed("INTEGER", True), "/value"),
        (typed("LONG", 1.5), "/value"),
        (typed("BYTE", 128), "/value"),
        (typed("BOOLEAN", "true"), "/value"),
        (typed("DATETIME", "now"), "/value"),
        (typed("DATE", True), "/value"),
        (typed("DECIMAL", "x"), "/value"),
        (typed("DOUBLE", {}), "/value"),
        (typed("BYTE_ARRAY", "%"), "/value"),
        (typed("ZONED_DATETIME", "2017-01-01T10:00:00"), "/value"),
        (typed("FILE_REF", {}), "/value"),
    ],
)
def test_what_is_no_record_is_refused_with_its_place(raw: object, place: str) -> None:
    """It comes from outside."""
    with pytest.raises(FormatError) as caught:
        record_from_json(raw, "here")
    assert caught.value.path == place


def test_fields_are_nested_a_hundred_deep_at_most() -> None:
    """Of every kind that has others inside."""
    for kind in ("LIST", "LIST_MAP", "MAP"):
        for depth, fits in ((100, True), (101, False)):
            held: dict[str, object] = {"type": "STRING", "value": "x"}
            for _ in range(depth):
                held = {"type": kind, "value": {"a": held} if kind == "MAP" else [held]}
            if fits:
                record_from_json({"value": held}, "here")
                continue
            with pytest.raises(LimitError):
                record_from_json({"value": held}, "here")


def test_what_a_header_lacks_is_empty() -> None:
    """A time that is none too, and attributes of fields that are no object."""
    made = record_from_json(
        {"header": {"errorCode": "C", "errorTimestamp": "x"}, **typed("STRING", "s", attributes=5)}, ""
    )
    assert made.header == Header(error=ErrorInfo("C", ""))
    assert record_from_json({"value": None}, "").header == Header()
