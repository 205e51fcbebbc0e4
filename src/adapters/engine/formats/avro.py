"""Avro files and messages: records with their schema in a header attribute, and back."""

import io
import json
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, BinaryIO

from ....core.errors import InvalidValueError, UnsupportedError
from ....core.java import java_string
from ....core.java.calendar import to_millis
from ....core.plan.given import Given
from ....core.records.paths import MISSING
from ....core.records.record import Header, Record
from ....core.records.values import Date, FieldType, FieldValue, Float, ListMap, Long, Null, Time
from .fault import FormatFault
from .item import Item

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NULLS = {
    "array": FieldType.LIST,
    "boolean": FieldType.BOOLEAN,
    "bytes": FieldType.BYTE_ARRAY,
    "fixed": FieldType.BYTE_ARRAY,
    "double": FieldType.DOUBLE,
    "float": FieldType.FLOAT,
    "int": FieldType.INTEGER,
    "long": FieldType.LONG,
    "map": FieldType.MAP,
    "record": FieldType.MAP,
    "null": FieldType.MAP,
}
_LOGICAL = {
    "decimal": FieldType.DECIMAL,
    "date": FieldType.DATE,
    "time-millis": FieldType.TIME,
    "timestamp-millis": FieldType.DATETIME,
    "time-micros": FieldType.LONG,
    "timestamp-micros": FieldType.LONG,
}
MAX_DEPTH = 100


def _library() -> Any:
    try:
        import fastavro
    except ImportError:
        raise UnsupportedError(
            "the data format AVRO without its library", "Install it with: pip install 'penstock[formats]'"
        ) from None
    return fastavro


def schema_of(text: str, what: str = "Avro Schema") -> Any:
    """The parsed schema of a JSON text.

    Raises:
        InvalidValueError: it is none.
    """
    library = _library()
    try:
        return library.parse_schema(json.loads(text))
    except (ValueError, TypeError, KeyError, library.schema.SchemaParseException) as error:
        raise InvalidValueError(what, text[:80], f"an Avro schema ({type(error).__name__}: {error})") from None


def read_avro(opened: BinaryIO, given: Given) -> Iterator[Item]:
    """The records of a container file; with an inline schema, of one message without a container."""
    library = _library()
    source = given.text("avroSchemaSource", "SOURCE")
    if source == "REGISTRY":
        raise UnsupportedError("schemas from a registry", "Give the schema inline.")
    skip = given.flag("avroSkipUnionIndex")
    inline = given.text("avroSchema") if source == "INLINE" else ""
    try:
        head = opened.read(4)
        rest = io.BytesIO(head + opened.read()) if not opened.seekable() else opened
        rest.seek(0)
        if head == b"Obj\x01":
            reader = library.block_reader(rest, return_record_name=True)
            schema = reader.writer_schema
            values: Iterator[Any] = (value for block in reader for value in block)
        elif inline:
            schema = schema_of(inline)
            values = _messages(library, rest, schema)
        else:
            raise FormatFault("AVRO_PARSER_00", "the data is no Avro file, and no schema is given")
        text = inline or _text(schema)
        names: dict[str, Any] = {}
        for at, value in enumerate(values):
            header = Header(attributes={"avroSchema": text})
            field = _Reading(header, names, skip=skip).field("", schema, value, 0)
            yield Item(at, at + 1, Record(field, header))
    except (ValueError, EOFError, TypeError, KeyError, IndexError, StopIteration, OSError) as error:
        if isinstance(error, InvalidValueError):
            raise
        raise FormatFault("AVRO_PARSER_01", f"the data is no Avro: {type(error).__name__}: {error}") from None


def _messages(library: Any, opened: BinaryIO, schema: Any) -> Iterator[Any]:
    data = opened.read()
    buffer = io.BytesIO(data)
    while buffer.tell() < len(data):
        yield library.schemaless_reader(buffer, schema, return_record_name=True)


def _text(schema: Any) -> str:
    return json.dumps(_public(schema), separators=(",", ":"))


def _public(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_public(each) for each in schema]
    if isinstance(schema, dict):
        return {key: _public(value) for key, value in schema.items() if not key.startswith("__")}
    return schema


class _Reading:
    """One record on its way out of Avro."""

    def __init__(self, header: Header, names: dict[str, Any], *, skip: bool) -> None:
        self._header, self._names, self._skip = header, names, skip

    def field(self, path: str, schema: Any, value: Any, depth: int) -> FieldValue:
        """The field of a value."""
        if depth > MAX_DEPTH:
            raise FormatFault("AVRO_PARSER_01", f"values nested deeper than {MAX_DEPTH}")
        schema = self._named(schema)
        if isinstance(schema, list):
            at = self._branch(schema, value)
            branch = self._named(schema[at])
            if value is None and len(schema) == 2 and _kind(schema[0]) == "null":
                self._precision(path, self._named(schema[1]))
                return _null(self._named(schema[1]))
            if not self._skip:
                self._header.attributes[f"avro.union.typeIndex.{path}"] = str(at)
            schema = branch
            if isinstance(value, tuple):
                value = value[1]
        if isinstance(value, tuple):
            value = value[1]
        if value is None:
            return _null(schema)
        logical = schema.get("logicalType") if isinstance(schema, dict) else None
        if logical in _LOGICAL:
            self._header.field_attributes.setdefault(path, {})["avro.type"] = logical
            self._precision(path, schema)
            return _logical(logical, value)
        return self._plain(path, schema, value, depth)

    def _plain(self, path: str, schema: Any, value: Any, depth: int) -> FieldValue:
        kind = _kind(schema)
        if kind == "array":
            items = schema["items"]
            return [self.field(f"{path}[{at}]", items, each, depth + 1) for at, each in enumerate(value)]
        if kind == "map":
            inner = schema["values"]
            return {name: self.field(f"{path}/{name}", inner, each, depth + 1) for name, each in value.items()}
        if kind in ("record", "error"):
            fields = {each["name"]: each["type"] for each in schema["fields"]}
            return ListMap(
                {
                    name: self.field(f"{path}/{name}", inner, value.get(name), depth + 1)
                    for name, inner in fields.items()
                }
            )
        if kind == "long":
            return Long(value)
        if kind == "float":
            return Float(value)
        if isinstance(value, (datetime, date, time)):
            return java_string(value) if not isinstance(value, datetime) else value
        return value  # type: ignore[no-any-return]

    def _named(self, schema: Any) -> Any:
        if isinstance(schema, dict) and "name" in schema:
            self._names[schema["name"]] = schema
        return self._names.get(schema, schema) if isinstance(schema, str) else schema

    def _branch(self, union: list[Any], value: Any) -> int:
        if value is None:
            return next((at for at, each in enumerate(union) if _kind(each) == "null"), 0)
        named = value[0] if isinstance(value, tuple) else None
        for at, each in enumerate(union):
            each = self._named(each)
            if named is not None and isinstance(each, dict) and each.get("name") in (named, named.split(".")[-1]):
                return at
        for at, each in enumerate(union):
            if named is None and _suits(self._named(each), value):
                return at
        return next((at for at, each in enumerate(union) if _kind(each) != "null"), 0)

    def _precision(self, path: str, schema: Any) -> None:
        if isinstance(schema, dict) and schema.get("logicalType") == "decimal":
            held = self._header.field_attributes.setdefault(path, {})
            held["scale"], held["precision"] = str(schema.get("scale", 0)), str(schema.get("precision", 0))


def _kind(schema: Any) -> str:
    return str(schema.get("type")) if isinstance(schema, dict) else "union" if isinstance(schema, list) else str(schema)


def _null(schema: Any) -> FieldValue:
    logical = schema.get("logicalType") if isinstance(schema, dict) else None
    kind = _LOGICAL.get(str(logical)) or _NULLS.get(_kind(schema))
    return None if kind is None else Null(kind)


def _suits(schema: Any, value: Any) -> bool:
    kind = _kind(schema)
    kinds: Mapping[type, tuple[str, ...]] = {
        bool: ("boolean",),
        int: ("int", "long"),
        float: ("double", "float"),
        str: ("string", "enum"),
        bytes: ("bytes", "fixed"),
        list: ("array",),
        dict: ("map", "record"),
        Decimal: ("bytes", "fixed"),
        datetime: ("long",),
        date: ("int",),
        time: ("int", "long"),
    }
    if kind == "int" and isinstance(value, int) and not -(2**31) <= value < 2**31:
        return False
    return kind in kinds.get(type(value), ())


def _logical(logical: str, value: Any) -> FieldValue:
    if logical == "decimal":
        return value if isinstance(value, Decimal) else Decimal(str(value))
    if logical == "date":
        days = (value - date(1970, 1, 1)).days if isinstance(value, date) else int(value)
        at = _EPOCH + timedelta(days=days)
        return Date(at.year, at.month, at.day, tzinfo=UTC)
    if logical == "time-millis":
        ms = _time_us(value) // 1000 if isinstance(value, time) else int(value)
        at = _EPOCH + timedelta(milliseconds=ms)
        return Time(at.year, at.month, at.day, at.hour, at.minute, at.second, at.microsecond, tzinfo=UTC)
    if logical == "time-micros":
        return Long(_time_us(value) if isinstance(value, time) else int(value))
    if logical == "timestamp-micros":
        return Long((value - _EPOCH) // timedelta(microseconds=1) if isinstance(value, datetime) else int(value))
    return value if isinstance(value, datetime) else _EPOCH + timedelta(milliseconds=int(value))


def _time_us(value: time) -> int:
    return ((value.hour * 60 + value.minute) * 60 + value.second) * 1_000_000 + value.microsecond


# --- writing ----------------------------------------------------------------------------------------------------------


class AvroWriter:
    """A container file, or bare messages without ``avroIncludeSchema``; the schema is inline or in a header."""

    def __init__(self, given: Given) -> None:
        self._library = _library()
        source = given.text("avroSchemaSource", "INLINE")
        if source == "REGISTRY":
            raise UnsupportedError("schemas from a registry", "Give the schema inline, or in a header attribute.")
        self._text = given.text("avroSchema") if source == "INLINE" else ""
        self._schema = schema_of(self._text) if source == "INLINE" else None
        self._contained = given.flag("includeSchema", True)
        codec = given.text("avroCompression", "NULL").lower()
        self._codec = {"null": "null", "none": "null", "bzip2": "bzip2", "deflate": "deflate", "snappy": "snappy"}[
            codec
        ]
        self._buffer = io.BytesIO()
        self._writer: Any = None

    def write(self, record: Record) -> bytes:
        """The bytes that a record adds."""
        text = self._text or record.attributes.get("avroSchema", "")
        if not text:
            raise FormatFault("AVRO_GENERATOR_03", "the record has no header attribute avroSchema")
        if self._schema is None:
            self._schema, self._header_text = schema_of(text), text
        elif not self._text and text != self._header_text:
            raise FormatFault("AVRO_GENERATOR_04", "the schema differs from that of the records before")
        value = avro_value(self._schema, record.value, {}, "")
        try:
            if not self._contained:
                buffer = io.BytesIO()
                self._library.schemaless_writer(buffer, self._schema, value)
                return buffer.getvalue()
            if self._writer is None:
                self._writer = self._library.write.Writer(self._buffer, self._schema, codec=self._codec)
            self._writer.write(value)
            self._writer.dump()
        except (ValueError, TypeError, KeyError, OverflowError) as error:
            raise FormatFault("AVRO_GENERATOR_05", f"the record does not fit the schema: {error}") from None
        return self._drained()

    def finish(self) -> bytes:
        """What ends the file."""
        if self._writer is not None:
            self._writer.flush()
        return self._drained()

    def _drained(self) -> bytes:
        data = self._buffer.getvalue()
        self._buffer.seek(0)
        self._buffer.truncate()
        return data

    _header_text = ""


def avro_value(schema: Any, value: FieldValue, names: dict[str, Any], path: str) -> Any:
    """A field as the library writes it.

    Raises:
        FormatFault: a field that the schema wants is not there (AVRO_GENERATOR_00), or is of another kind (05).
    """
    if isinstance(schema, dict) and "name" in schema:
        names[schema["name"]] = schema
    schema = names.get(schema, schema) if isinstance(schema, str) else schema
    if value is None or isinstance(value, Null):
        return None
    if isinstance(schema, list):
        inner = [each for each in schema if _kind(each) != "null"]
        plain = [names.get(each, each) if isinstance(each, str) else each for each in inner]
        branch = plain[0] if len(plain) == 1 else next((each for each in plain if _suits_field(each, value)), None)
        if branch is None:
            raise FormatFault("AVRO_GENERATOR_06", f"field {path or '/'} fits none of the types of its union")
        return avro_value(branch, value, names, path)
    kind, logical = _kind(schema), schema.get("logicalType") if isinstance(schema, dict) else None
    try:
        return _written(kind, logical, schema, value, names, path)
    except (ValueError, TypeError, InvalidOperation):
        raise FormatFault("AVRO_GENERATOR_05", f"field {path or '/'} cannot be written as {logical or kind}") from None


def _written(kind: str, logical: str | None, schema: Any, value: FieldValue, names: dict[str, Any], path: str) -> Any:
    if kind in ("record", "error"):
        if not isinstance(value, dict):
            raise ValueError
        made = {}
        for each in schema["fields"]:
            name = each["name"]
            held: Any = value.get(name, MISSING)
            if held is MISSING and "default" not in each:
                raise FormatFault("AVRO_GENERATOR_00", f"field {path}/{name} of the schema is not in the record")
            absent = held is MISSING or held is None or isinstance(held, Null)
            if absent and "default" in each:
                made[name] = each["default"]
            elif absent and _kind(each["type"]) not in ("union", "null"):
                raise FormatFault("AVRO_GENERATOR_01", f"field {path}/{name} is null, which its type does not allow")
            else:
                made[name] = avro_value(each["type"], held, names, f"{path}/{name}")
        return made
    if kind == "array":
        if not isinstance(value, list):
            raise ValueError
        return [avro_value(schema["items"], each, names, f"{path}[{at}]") for at, each in enumerate(value)]
    if kind == "map":
        if not isinstance(value, dict):
            raise ValueError
        return {name: avro_value(schema["values"], each, names, f"{path}/{name}") for name, each in value.items()}
    if logical == "decimal":
        return Decimal(java_string(value)).quantize(Decimal(1).scaleb(-int(schema.get("scale", 0))))
    if isinstance(value, datetime):
        return _moment(logical, value)
    if kind in ("int", "long"):
        return int(java_string(value)) if isinstance(value, str) else int(value)  # type: ignore[arg-type]
    if kind in ("float", "double"):
        return float(value)  # type: ignore[arg-type]
    if kind == "boolean":
        return value if isinstance(value, bool) else java_string(value).lower() == "true"
    if kind in ("bytes", "fixed"):
        if not isinstance(value, bytes):
            raise ValueError
        return value
    if isinstance(value, (dict, list, bytes)):
        raise ValueError
    return java_string(value)


def _moment(logical: str | None, value: datetime) -> Any:
    ms = to_millis(value)
    if logical == "date":
        return (value.astimezone(UTC).date() - date(1970, 1, 1)).days
    if logical == "time-millis":
        return ms % 86_400_000
    if logical in ("time-micros", "timestamp-micros"):
        return ms * 1000
    return ms


def _suits_field(schema: Any, value: FieldValue) -> bool:
    if isinstance(schema, dict) and schema.get("logicalType") in _LOGICAL:
        logical = schema["logicalType"]
        if logical == "decimal":
            return isinstance(value, Decimal)
        return isinstance(value, datetime) or (logical.endswith("micros") and isinstance(value, int))
    kind = _kind(schema)
    if isinstance(value, Float):
        return kind == "float"
    if isinstance(value, Long):
        return kind == "long"
    plain: Any = dict(value) if isinstance(value, dict) else value
    if isinstance(plain, str):
        plain = str(plain)
    return _suits(schema, int(plain) if isinstance(plain, int) and not isinstance(plain, bool) else plain)
