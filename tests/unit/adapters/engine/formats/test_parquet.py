"""Promises about Parquet: schemas as text, types both ways, codecs, and files that are none."""

import io
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from penstock.adapters.engine.formats import parquet
from penstock.adapters.engine.formats.fault import FormatFault
from penstock.adapters.engine.formats.parquet_schema import schema_of, text_of
from penstock.core.errors import InvalidValueError
from penstock.core.records.record import Header, Record
from penstock.core.records.values import Date, FieldType, FieldValue, Float, ListMap, Long, Null, Time

from .using import records, values, written

TEXT = """message m {
  required int32 id;
  optional binary text (UTF8) = 2;
  optional int64 n;
  optional binary d (DECIMAL(9,2));
  optional int32 day (DATE);
  optional int64 at (TIMESTAMP_MILLIS);
  optional int32 time (TIME_MILLIS);
  optional float f;
  optional double x;
  optional boolean b;
  optional binary y;
  optional group l (LIST) { repeated group list { optional int32 element; } }
  optional group m (MAP) { repeated group key_value { required binary key (UTF8); optional int64 value; } }
  optional group s { optional int32 a; }
}"""
ROW: dict[str, FieldValue] = {
    "id": 1,
    "text": "é",
    "n": Long(2),
    "d": Decimal("1.50"),
    "day": Date(2024, 2, 29, tzinfo=UTC),
    "at": datetime(2024, 2, 29, 1, 2, 3, 4000, tzinfo=UTC),
    "time": Time(1970, 1, 1, 1, 2, 3, tzinfo=UTC),
    "f": Float(0.5),
    "x": 0.25,
    "b": True,
    "y": b"\x00",
    "l": [1, None],
    "m": {"k": Long(3)},
    "s": ListMap(a=4),
}
PREFIX = "parquetFormatConfig."
SOURCE = f"{PREFIX}schemaSource"
INLINE = {SOURCE: "INLINE", f"{PREFIX}schemaSubject": TEXT}
HEADER, INFER = {SOURCE: "HEADER"}, {SOURCE: "INFER"}


def table(data: bytes) -> Any:
    """What the library reads."""
    return pq.read_table(io.BytesIO(data))


@pytest.mark.parametrize("codec", ["UNCOMPRESSED", "GZIP", "SNAPPY"])
def test_rows_come_back_with_their_types(codec: str) -> None:
    """As list-maps, in every codec; decimals have their precision beside them."""
    data = written("PARQUET", ROW, ROW, **{f"{PREFIX}compressionCodec": codec}, **INLINE)
    first, _ = records("PARQUET", data)
    wanted: dict[str, object] = {**ROW, "l": [1, Null(FieldType.INTEGER)]}
    assert isinstance(first.value, ListMap)
    assert first.value == wanted
    kinds = [type(first.value[name]) for name in ("id", "n", "day", "time", "f", "s")]
    assert kinds == [int, Long, Date, Time, Float, ListMap]
    assert first.header.field_attributes["/d"] == {"precision": "9", "scale": "2"}
    assert table(data).num_rows == 2


def test_a_schema_is_the_same_as_text_and_back() -> None:
    """And a record brings that of its file along, so that a destination can use it."""
    schema = schema_of(TEXT)
    assert schema_of(text_of(schema)) == schema
    (record,) = records("PARQUET", written("PARQUET", ROW, **INLINE))
    copied = written("PARQUET", record, **HEADER)
    assert values("PARQUET", copied) == [record.value]


def test_the_schema_may_be_that_of_the_first_record() -> None:
    """Its fields must be there then, unless they may be null."""
    rows: list[FieldValue] = [{"id": 1, "text": "a"}, {"id": 2, "text": None}]
    data = written("PARQUET", *rows, **INFER, **{f"{PREFIX}nullableFields": True})
    assert table(data).to_pylist() == rows
    with pytest.raises(FormatFault, match="PARQUET_GENERATOR_02.*null"):
        written("PARQUET", *rows, **INFER)
    full = {name: value for name, value in ROW.items() if name not in ("m", "l")}
    (back,) = values("PARQUET", written("PARQUET", full, **INFER))
    assert back == full


def test_nulls_have_the_type_of_their_field() -> None:
    """Those of texts are plain."""
    (row,) = values("PARQUET", written("PARQUET", {"id": 1}, **INLINE))
    assert isinstance(row, dict)
    assert row["text"] is None
    kinds = {name: row[name].type.name for name in row if isinstance(row[name], Null)}
    assert kinds == {
        "n": "LONG",
        "d": "DECIMAL",
        "day": "DATE",
        "at": "DATETIME",
        "time": "TIME",
        "f": "FLOAT",
        "x": "DOUBLE",
        "b": "BOOLEAN",
        "y": "BYTE_ARRAY",
        "l": "LIST",
        "m": "MAP",
        "s": "LIST_MAP",
    }


def test_files_of_others_are_read() -> None:
    """With unsigned numbers and decimals of fixed length."""
    schema = pa.schema([("id", pa.uint32()), ("d", pa.decimal128(10, 2)), ("big", pa.large_string())])
    out = io.BytesIO()
    rows = [{"id": 1, "d": Decimal("2.00"), "big": "x"}]
    pq.write_table(pa.Table.from_pylist(rows, schema), out)
    (record,) = records("PARQUET", out.getvalue())
    assert record.value == rows[0]
    assert "required" not in record.attributes["parquetSchema"]
    assert values("PARQUET", b"") == []


def test_rows_are_written_in_groups() -> None:
    """So that no more than one is held; a file without rows is empty."""
    more: dict[str, object] = {**INFER}
    rows: list[FieldValue] = [{"n": at} for at in range(parquet.GROUP_ROWS + 5)]
    data = written("PARQUET", *rows, **more)
    assert pq.ParquetFile(io.BytesIO(data)).metadata.num_row_groups == 2
    assert written("PARQUET", **more) == b""


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ({"id": "x"}, "02"),
        ({"id": None}, "02"),
        ({}, "02"),
        ({"id": 1, "d": Decimal("1.555")}, "02"),
        ({"id": 1, "s": 5}, "02"),
        ([1], "01"),
    ],
)
def test_a_record_that_does_not_fit_has_a_code(row: FieldValue, code: str) -> None:
    """And one that lacks the schema."""
    with pytest.raises(FormatFault, match=f"PARQUET_GENERATOR_{code}"):
        written("PARQUET", row, **INLINE)
    with pytest.raises(FormatFault, match="PARQUET_GENERATOR_03"):
        written("PARQUET", Record({"id": 1}, Header()), **HEADER)


@pytest.mark.parametrize(
    "text",
    ["", "message", "message m { int32 a; }", "message m { required int33 a; }", "message m { required int32 a }"],
)
def test_settings_that_cannot_be_are_named(text: str) -> None:
    """A schema that is none, a codec that cannot be written."""
    with pytest.raises(InvalidValueError, match="Parquet Schema"):
        written("PARQUET", **{**INLINE, f"{PREFIX}schemaSubject": text})
    with pytest.raises(InvalidValueError, match="DATA_FORMAT_202"):
        written("PARQUET", **{f"{PREFIX}compressionCodec": "LZO"})


def test_what_is_no_parquet_ends_in_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    """And groups of rows that are too large are not unpacked."""
    data = written("PARQUET", ROW, **INLINE)
    for bad in (b"PAR1", b"no parquet at all", data[:-10], data[:100] + b"\xff" * 50 + data[150:]):
        assert values("PARQUET", bad)[-1] == "PARQUET_PARSER_01"
    monkeypatch.setattr(parquet, "MAX_GROUP", 10)
    assert values("PARQUET", data) == ["PARQUET_PARSER_01"]
