"""Parquet files: read row by row, written in groups of rows."""

import io
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from decimal import Decimal, Inexact, localcontext
from typing import Any, BinaryIO

from ....core.errors import InvalidValueError
from ....core.plan.given import Given
from ....core.records.convert import ConversionError, convert
from ....core.records.record import Header, Record
from ....core.records.values import Date, FieldType, FieldValue, Float, ListMap, Long, Null, Time
from .fault import FormatFault
from .item import Item
from .parquet_schema import library, schema_of, text_of

MAX_WHOLE = 256 * 1024 * 1024
MAX_GROUP = 512 * 1024 * 1024
GROUP_ROWS = 10_000
READ_ROWS = 500
_CODECS = {"UNCOMPRESSED": "none", "SNAPPY": "snappy", "GZIP": "gzip", "ZSTD": "zstd", "LZ4": "lz4", "BROTLI": "brotli"}


def read_parquet(opened: BinaryIO, given: Given) -> Iterator[Item]:
    """Rows as list-maps; the schema goes along in the header attribute ``parquetSchema``.

    Raises:
        FormatFault: no Parquet, or with groups of rows above ``MAX_GROUP`` bytes (PARQUET_PARSER_01).
    """
    arrow = library()
    source = opened if opened.seekable() else io.BytesIO(opened.read(MAX_WHOLE + 1))
    if not source.read(1):
        return
    source.seek(0)
    try:
        file = arrow.parquet.ParquetFile(source)
        facts = file.metadata
        largest = max((facts.row_group(at).total_byte_size for at in range(facts.num_row_groups)), default=0)
        if largest > MAX_GROUP:
            raise FormatFault("PARQUET_PARSER_01", f"a group of rows of {largest} bytes; the limit is {MAX_GROUP}")
        schema, text = file.schema_arrow, text_of(file.schema_arrow)
        at = 0
        for batch in file.iter_batches(READ_ROWS):
            for row in batch.to_pylist():
                header = Header(attributes={"parquetSchema": text})
                yield Item(at, at + 1, Record(_row(arrow, row, schema, header), header))
                at += 1
    except FormatFault:
        raise
    except Exception as error:  # the library's own, and what its bindings raise for broken files
        raise FormatFault("PARQUET_PARSER_01", f"the data is no Parquet: {str(error)[:200]}") from None


def _row(arrow: Any, row: dict[str, Any], schema: Any, header: Header) -> ListMap:
    made = ListMap()
    for field in schema:
        made[field.name] = _field(arrow, row[field.name], field.type)
        if arrow.types.is_decimal(field.type):
            notes = {"precision": str(field.type.precision), "scale": str(field.type.scale)}
            header.field_attributes[f"/{field.name}"] = notes
    return made


def _field(arrow: Any, value: Any, type_: Any) -> FieldValue:
    types = arrow.types
    if value is None:
        return _null(types, type_)
    if types.is_struct(type_):
        inner = [type_.field(at) for at in range(type_.num_fields)]
        return ListMap({each.name: _field(arrow, value[each.name], each.type) for each in inner})
    if types.is_map(type_):
        return {str(key): _field(arrow, each, type_.item_type) for key, each in value}
    if isinstance(value, list):
        return [_field(arrow, each, type_.value_type) for each in value]
    if types.is_integer(type_):
        return Long(value) if type_.bit_width == 64 else value
    if types.is_floating(type_):
        return float(value) if type_.bit_width == 64 else Float(value)
    if isinstance(value, datetime):
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)
    if isinstance(value, date):
        return Date(value.year, value.month, value.day, tzinfo=UTC)
    if isinstance(value, time):
        return Time(1970, 1, 1, value.hour, value.minute, value.second, value.microsecond, tzinfo=UTC)
    return value if isinstance(value, (bool, str, bytes, Decimal)) else str(value)


def _null(types: Any, type_: Any) -> FieldValue:
    if types.is_string(type_):
        return None
    kind = next((kind for kind, fits in _KINDS.items() if getattr(types, f"is_{fits}")(type_)), None)
    if types.is_integer(type_):
        kind = FieldType.LONG if type_.bit_width == 64 else FieldType.INTEGER
    return None if kind is None else Null(kind)


_KINDS = {
    FieldType.BOOLEAN: "boolean",
    FieldType.FLOAT: "float32",
    FieldType.DOUBLE: "float64",
    FieldType.DECIMAL: "decimal",
    FieldType.DATE: "date",
    FieldType.DATETIME: "timestamp",
    FieldType.TIME: "time",
    FieldType.LIST: "list",
    FieldType.MAP: "map",
    FieldType.LIST_MAP: "struct",
    FieldType.BYTE_ARRAY: "binary",
}


# --- writing ----------------------------------------------------------------------------------------------------------


class _Drain(io.RawIOBase):
    """What the library writes, until somebody takes it."""

    def __init__(self) -> None:
        self._held: list[bytes] = []
        self._at = 0

    def writable(self) -> bool:
        """Always."""
        return True

    def write(self, data: Any, /) -> int:
        """Keeps the bytes."""
        self._held.append(bytes(data))
        self._at += len(self._held[-1])
        return len(self._held[-1])

    def tell(self) -> int:
        """How much was written in all."""
        return self._at

    def take(self) -> bytes:
        """What was written since the last time."""
        made, self._held = b"".join(self._held), []
        return made


class ParquetWriter:
    """A file with groups of rows; the schema is inline, in the header of the first record, or that of its fields.

    Raises:
        InvalidValueError: a codec that there is not (DATA_FORMAT_202), or no schema.
        UnsupportedError: the library is missing.
    """

    def __init__(self, given: Given) -> None:
        self._arrow = library()
        codec = given.text("parquetFormatConfig.compressionCodec", "UNCOMPRESSED").upper()
        if codec not in _CODECS:
            wanted = "a codec that can be written (DATA_FORMAT_202)"
            raise InvalidValueError("Parquet Compression Codec", codec, wanted, tuple(_CODECS))
        self._codec = _CODECS[codec]
        self._place = given.text("parquetFormatConfig.schemaSource", "HEADER")
        if self._place not in ("HEADER", "INLINE", "INFER"):
            raise InvalidValueError("Parquet Schema Location", self._place, "a place", ("HEADER", "INLINE", "INFER"))
        self._nullable = given.flag("parquetFormatConfig.nullableFields")
        self._schema = schema_of(given.text("parquetFormatConfig.schemaSubject")) if self._place == "INLINE" else None
        self._drain = _Drain()
        self._writer: Any = None
        self._rows: list[dict[str, Any]] = []

    def write(self, record: Record) -> bytes:
        """Keeps the row, or writes those that are kept."""
        if not isinstance(record.value, dict):
            raise FormatFault("PARQUET_GENERATOR_01", "the root field is no map")
        if self._schema is None:
            self._schema = self._schema_for(record)
        row = {field.name: self._cell(record.value.get(field.name), field, f"/{field.name}") for field in self._schema}
        self._rows.append(row)
        return self._group() if len(self._rows) >= GROUP_ROWS else b""

    def flush(self) -> bytes:
        """The rows that are kept, as a group of their own. A file without its end cannot be read, though."""
        return self._group()

    def finish(self) -> bytes:
        """The last rows and what ends the file; nothing for a file without rows."""
        made = self._group()
        if self._writer is not None:
            self._writer.close()
        return made + self._drain.take()

    def _group(self) -> bytes:
        if not self._rows:
            return b""
        rows, self._rows = self._rows, []
        try:
            table = self._arrow.Table.from_pylist(rows, self._schema)
            if self._writer is None:
                sink = self._arrow.PythonFile(self._drain, mode="w")
                self._writer = self._arrow.parquet.ParquetWriter(sink, self._schema, compression=self._codec)
            self._writer.write_table(table)
        except (self._arrow.ArrowException, TypeError, ValueError, OverflowError) as error:
            raise FormatFault("PARQUET_GENERATOR_02", f"the rows do not fit the schema: {str(error)[:200]}") from None
        return self._drain.take()

    def _schema_for(self, record: Record) -> Any:
        if self._place == "HEADER":
            text = record.attributes.get("parquetSchema", "")
            if not text:
                raise FormatFault("PARQUET_GENERATOR_03", "the record has no header attribute parquetSchema")
            try:
                return schema_of(text)
            except InvalidValueError as error:
                raise FormatFault("PARQUET_GENERATOR_03", str(error)) from None
        assert isinstance(record.value, dict)
        fields = [self._inferred(record, name, value) for name, value in record.value.items()]
        return self._arrow.schema(fields)

    def _inferred(self, record: Record, name: str, value: FieldValue) -> Any:
        arrow = self._arrow
        return arrow.field(
            name, _type_of(arrow, value, record.header.field_attributes.get(f"/{name}", {})), self._nullable
        )

    def _cell(self, value: FieldValue, field: Any, path: str) -> Any:
        if value is None or isinstance(value, Null):
            if not field.nullable:
                raise FormatFault("PARQUET_GENERATOR_02", f"field {path} is null, or not there; its type is required")
            return None
        try:
            return _written(self._arrow, value, field.type, path)
        except (ConversionError, InvalidValueError) as error:
            raise FormatFault("PARQUET_GENERATOR_02", f"field {path} cannot be written: {error}") from None


def _type_of(arrow: Any, value: FieldValue, notes: "dict[str, str]") -> Any:
    """The type that a field stands for."""
    if isinstance(value, bool):
        return arrow.bool_()
    if isinstance(value, int):
        return arrow.int64() if isinstance(value, Long) or not -(1 << 31) <= value < 1 << 31 else arrow.int32()
    if isinstance(value, float):
        return arrow.float32() if isinstance(value, Float) else arrow.float64()
    if isinstance(value, Decimal):
        scale = int(notes.get("scale") or -min(0, int(value.as_tuple().exponent)))
        return arrow.decimal128(int(notes.get("precision") or 38), scale)
    if isinstance(value, datetime):
        if isinstance(value, Date):
            return arrow.date32()
        return arrow.time32("ms") if isinstance(value, Time) else arrow.timestamp("ms", "UTC")
    if isinstance(value, bytes):
        return arrow.binary()
    if isinstance(value, dict):
        return arrow.struct([arrow.field(name, _type_of(arrow, each, {})) for name, each in value.items()])
    if isinstance(value, list):
        return arrow.list_(_type_of(arrow, value[0], {}) if value else arrow.string())
    return arrow.string()


def _written(arrow: Any, value: FieldValue, type_: Any, path: str) -> Any:
    """A field as the library takes it."""
    if value is None or isinstance(value, Null):
        return None
    types = arrow.types
    if types.is_struct(type_) and isinstance(value, dict):
        inner = [type_.field(at) for at in range(type_.num_fields)]
        return {each.name: _written(arrow, value.get(each.name), each.type, f"{path}/{each.name}") for each in inner}
    if types.is_map(type_) and isinstance(value, dict):
        return [(name, _written(arrow, each, type_.item_type, f"{path}/{name}")) for name, each in value.items()]
    if types.is_list(type_) and isinstance(value, list):
        return [_written(arrow, each, type_.value_type, f"{path}[{at}]") for at, each in enumerate(value)]
    made = convert(value, _target(types, type_))
    if isinstance(made, datetime):
        if types.is_date(type_):
            return made.date()
        return made.time() if types.is_time(type_) else made
    if isinstance(made, Decimal):
        return _scaled(made, type_.scale, path) if types.is_decimal(type_) else made
    return made


def _scaled(number: Decimal, scale: int, path: str) -> Decimal:
    try:
        with localcontext(prec=100) as context:
            context.traps[Inexact] = True
            return number.quantize(Decimal(1).scaleb(-scale))
    except ArithmeticError:
        raise FormatFault("PARQUET_GENERATOR_02", f"field {path} has more than {scale} decimals: {number}") from None


def _target(types: Any, type_: Any) -> FieldType:
    if types.is_integer(type_):
        return FieldType.LONG if type_.bit_width == 64 else FieldType.INTEGER
    if types.is_fixed_size_binary(type_):
        return FieldType.BYTE_ARRAY
    named = next((kind for kind, fits in _KINDS.items() if getattr(types, f"is_{fits}")(type_)), FieldType.STRING)
    return FieldType.STRING if types.is_string(type_) else named
