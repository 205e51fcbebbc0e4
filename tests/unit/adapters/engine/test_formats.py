"""Promises about the data formats that need a library, and about writing."""

import contextlib
import io
import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from penstock.adapters.engine.formats.fault import FormatFault
from penstock.adapters.engine.formats.reading import read_items
from penstock.adapters.engine.formats.writing import writers
from penstock.core.plan import Given
from penstock.core.records.record import Header, Record
from penstock.core.records.values import Date, FieldType, FieldValue, Float, ListMap, Long, Null
from penstock.core.values import JsonMap, freeze


def settings(**values: object) -> Given:
    """Settings of a format."""
    frozen = freeze(values)
    assert isinstance(frozen, JsonMap)
    return Given(frozen)


def written(kind: str, *values: FieldValue, **more: object) -> bytes:
    """The file that a format makes of records."""
    writer = writers(kind, settings(**more))()
    return b"".join(writer.write(Record(value, Header())) for value in values) + writer.finish()


def read(kind: str, data: bytes, **more: object) -> list[Record]:
    """The records that a format finds in a file."""
    made: list[Record] = []
    for item in read_items(io.BytesIO(data), kind, settings(**more)):
        assert item.fault is None, item.fault
        made.append(item.value if isinstance(item.value, Record) else Record(item.value))
    return made


SCHEMA = {
    "type": "record",
    "name": "r",
    "fields": [
        {"name": "i", "type": "int"},
        {"name": "l", "type": "long"},
        {"name": "f", "type": "float"},
        {"name": "s", "type": ["null", "string"]},
        {"name": "d", "type": {"type": "bytes", "logicalType": "decimal", "precision": 6, "scale": 2}},
        {"name": "day", "type": {"type": "int", "logicalType": "date"}},
        {"name": "at", "type": {"type": "long", "logicalType": "timestamp-millis"}},
        {"name": "list", "type": {"type": "array", "items": "int"}},
        {"name": "u", "type": ["int", "string"], "default": 7},
    ],
}
VALUE: dict[str, FieldValue] = {
    "i": 1,
    "l": Long(2),
    "f": Float(0.5),
    "s": None,
    "d": Decimal("12.50"),
    "day": Date(2024, 2, 29, tzinfo=UTC),
    "at": datetime(2024, 2, 29, 1, 2, 3, 4000, tzinfo=UTC),
    "list": [1, 2],
    "u": "x",
}


def test_an_avro_file_comes_back_with_types_schema_and_attributes() -> None:
    """Nulls have their type, decimals their scale, unions their index."""
    data = written("AVRO", VALUE, VALUE, avroSchema=json.dumps(SCHEMA))
    first, _ = read("AVRO", data)
    assert isinstance(first.value, ListMap)
    assert first.value == VALUE
    assert [type(first.value[name]) for name in ("l", "f", "day")] == [Long, Float, Date]
    assert json.loads(first.attributes["avroSchema"])["name"] == "r"
    assert first.attributes["avro.union.typeIndex./u"] == "1"
    assert first.header.field_attributes["/d"] == {"avro.type": "decimal", "scale": "2", "precision": "6"}


def test_bare_avro_messages_need_the_schema_given() -> None:
    """Without a container nothing tells the schema."""
    text = json.dumps(SCHEMA)
    data = written("AVRO", VALUE, avroSchema=text, includeSchema=False)
    assert read("AVRO", data, avroSchemaSource="INLINE", avroSchema=text)[0].value == VALUE
    with pytest.raises(FormatFault):
        read("AVRO", data)


@pytest.mark.parametrize(
    ("change", "code"),
    [({"i": "none"}, "05"), ({"s": {"a": 1}}, "05"), ({"u": 1.5}, "06"), ({"i": None}, "01")],
)
def test_a_record_that_does_not_fit_its_schema_has_a_code(change: dict[str, FieldValue], code: str) -> None:
    """And a field that is missing without a default another."""
    with pytest.raises(FormatFault, match=f"AVRO_GENERATOR_{code}"):
        written("AVRO", {**VALUE, **change}, avroSchema=json.dumps(SCHEMA))
    with pytest.raises(FormatFault, match="AVRO_GENERATOR_00"):
        written("AVRO", {"i": 1}, avroSchema=json.dumps(SCHEMA))


def test_a_field_that_is_not_there_gets_the_default_of_the_schema() -> None:
    """Here that of a union."""
    data = written("AVRO", {name: item for name, item in VALUE.items() if name != "u"}, avroSchema=json.dumps(SCHEMA))
    assert isinstance(value := read("AVRO", data)[0].value, dict)
    assert value["u"] == 7


@hypothesis_settings(deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_a_fault_or_records_in_every_format(data: bytes) -> None:
    """Hostile files end in a fault that names what is wrong, never in another error."""
    for kind in ("AVRO", "BINARY", "DELIMITED", "EXCEL", "JSON", "LOG", "SDC_JSON", "TEXT", "XML"):
        for each in (data, b"Obj\x01" + data):
            with contextlib.suppress(FormatFault):
                assert all(item.end >= item.start for item in read_items(io.BytesIO(each), kind, settings()))


def test_json_is_written_line_by_line_or_as_one_array() -> None:
    """Dates are milliseconds, bytes base64, numbers that JSON lacks are texts."""
    value: dict[str, FieldValue] = {"a": float("nan"), "b": b"\x00", "c": datetime(1970, 1, 1, tzinfo=UTC)}
    assert written("JSON", value, [1]) == b'{"a":"NaN","b":"AA==","c":0}\n[1]'
    assert written("JSON", 1, None, jsonMode="ARRAY_OBJECTS") == b"[1,null]"
    assert written("JSON", jsonMode="ARRAY_OBJECTS") == b"[]"


def test_records_of_an_engine_come_back_with_headers_and_types() -> None:
    """SDC_JSON keeps everything."""
    value: dict[str, FieldValue] = {"a": Long(1), "b": Null(FieldType.DATE), "c": ListMap(x=Decimal("1.0"))}
    data = written("SDC_JSON", value, value)
    assert [record.value for record in read("SDC_JSON", data)] == [value, value]
