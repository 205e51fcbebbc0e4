"""Records, previews, reports and definitions survive the wire."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from penstock.adapters.packaged import packaged_catalogue
from penstock.core.catalogue.document import catalogue_from_document
from penstock.core.errors import FormatError
from penstock.core.records.json_form import record_from_json, record_to_json
from penstock.core.records.record import ErrorInfo, Header, Record
from penstock.core.records.values import Byte, Char, Date, FieldType, Float, ListMap, Long, Null, Short, Time, Zoned
from penstock.core.wire.definitions import definitions_document

_MOMENTS = st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1)).map(
    lambda at: at.replace(tzinfo=UTC, fold=0, microsecond=at.microsecond // 1000 * 1000)
)
_SIMPLE = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(),
    st.decimals(allow_nan=False, allow_infinity=False),
    st.text(),
    st.binary(max_size=8),
    _MOMENTS,
    st.sampled_from([FieldType.INTEGER, FieldType.MAP, FieldType.DATE]).map(Null),
    st.integers(-128, 127).map(Byte),
    st.integers(-(2**15), 2**15 - 1).map(Short),
    st.integers(-(2**31), 2**31 - 1).map(Long),
    st.floats(width=32).map(Float),
)
_VALUES = st.recursive(
    _SIMPLE,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.text(min_size=1), inner, max_size=3),
        st.dictionaries(st.text(min_size=1), inner, max_size=3).map(ListMap),
    ),
    max_leaves=8,
)


@given(_VALUES)
def test_any_field_comes_back_with_its_type(value: object) -> None:
    """Whatever is in a record is in it again, with the same type, after it was JSON."""
    record = Record(value, Header("source::0", attributes={"a": "b"}))  # type: ignore[arg-type]
    again = record_from_json(record_to_json(record), "test")
    assert repr(again.value) == repr(value)
    assert type(again.value) is type(value)
    assert again.header == record.header


def test_rare_types_and_the_whole_header_come_back() -> None:
    """Zones, dates, times, characters, attributes of fields, and errors."""
    paris = ZoneInfo("Europe/Paris")
    value: dict[str, Any] = {
        "zoned": Zoned(2020, 7, 1, 10, tzinfo=paris),
        "date": Date(2020, 7, 1, tzinfo=UTC),
        "time": Time(1970, 1, 1, 10, tzinfo=UTC),
        "char": Char("x"),
        "it's": Decimal("1.10"),
    }
    header = Header(
        "s::1",
        "A_01",
        "A_01:B_01",
        "s::1::A_01:B_01",
        "s::1::A_01",
        ErrorInfo("X_01", "X_01 - text", "B_01", "B 1", 5, "pipeline", "engine"),
        {"k": "v"},
        {"/zoned": {"scale": "2"}},
    )
    record = Record(value, header)
    document = record_to_json(record)
    assert document["value"]["value"]["zoned"]["value"] == "2020-07-01T10:00:00+02:00[Europe/Paris]"  # type: ignore[index,call-overload]
    again = record_from_json(document, "test")
    assert again == record
    assert {name: type(each) for name, each in again.value.items()} == {  # type: ignore[union-attr]
        name: type(each) for name, each in value.items()
    }


@pytest.mark.parametrize(
    "field",
    [
        {"type": "INTEGER", "value": "x"},
        {"type": "INTEGER", "value": "99999999999"},
        {"type": "NOTHING", "value": 1},
        {"type": "DATE", "value": "2020"},
        {"type": "BYTE_ARRAY", "value": "%"},
        {"type": "LIST", "value": {}},
        {"type": "MAP", "value": "1"},
        {"type": "FILE_REF", "value": {}},
        7,
    ],
)
def test_fields_that_are_none_are_refused(field: object) -> None:
    """The error names the kind, and the path where there is one."""
    with pytest.raises(FormatError):
        record_from_json({"header": {}, "value": {"type": "MAP", "value": {"a": field}}}, "test")


def test_the_definitions_of_a_catalogue_read_back_to_the_same() -> None:
    """What a server answers is what a client then knows: every stage, service and pipeline setting."""
    held = packaged_catalogue()
    again = catalogue_from_document(definitions_document(held))
    assert again.version == held.version
    assert again.summaries() == held.summaries()
    assert again.services() == held.services()
    assert again.pipeline() == held.pipeline()
    assert again.legacy_libraries() == held.legacy_libraries()
    for summary in held.summaries():
        one, two = held.stage(summary.name), again.stage(summary.name)
        assert one is not None
        assert two is not None
        assert [(each.name, each.default, dict(each.depends_on)) for each in one.settings] == [
            (each.name, each.default, dict(each.depends_on)) for each in two.settings
        ]
