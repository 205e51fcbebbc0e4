"""Promises about the data formats that need a library, and about writing."""

import contextlib
import io
from datetime import UTC, datetime
from decimal import Decimal

from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from penstock.adapters.engine.formats.fault import FormatFault
from penstock.adapters.engine.formats.reading import read_items
from penstock.adapters.engine.formats.writing import writers
from penstock.core.plan import Given
from penstock.core.records.record import Header, Record
from penstock.core.records.values import FieldType, FieldValue, ListMap, Long, Null
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
