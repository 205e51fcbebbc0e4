"""Avro files and messages out of records: the schema is inline or in a header attribute."""

import io
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal, InvalidOperation, localcontext
from functools import partial
from typing import Any, TypeVar, cast

from ....core.errors import InvalidValueError
from ....core.java.calendar import to_millis
from ....core.java.numbers import wrap_int
from ....core.plan.given import Given
from ....core.plan.unfit import Unfit, UnfitError
from ....core.records.convert import ConversionError, convert
from ....core.records.paths import MISSING
from ....core.records.record import Record
from ....core.records.values import Byte, Char, Date, FieldType, FieldValue, Float, ListMap, Long, Null, Short
from .avro_registry import RegistryError, registry_of, with_id
from .avro_schema import kind_of, library, logical_of, names_of, of_field, schema_of, unfit_defaults
from .fault import FormatFault

Asked = TypeVar("Asked")
MAX_DEPTH = 100
_DAY_MS = 86_400_000
_CODECS = {"NULL": "null", "NONE": "null", "BZIP2": "bzip2", "DEFLATE": "deflate", "SNAPPY": "snappy"}


class AvroWriter:
    """A container file, or bare messages without ``includeSchema``; these begin with the id of a registered schema.

    Raises:
        InvalidValueError: no schema, one that is none, a codec that there is not, or a registry without it
            (DATA_FORMAT_201).
        UnsupportedError: a library that is missing.
    """

    def __init__(self, given: Given) -> None:
        self._library = library()
        source = given.text("avroSchemaSource", "INLINE")
        self._id, self._register = 0, cast("Callable[[str], int] | None", None)
        self._text = given.text("avroSchema") if source == "INLINE" else ""
        self._header_text = ""
        self._look_up(source, given)
        self._schema = _checked(self._text) if source != "HEADER" else None
        if self._register is not None and source == "INLINE":
            self._id = _from_registry(self._register, self._text)
        self._names = names_of(self._schema) if self._schema is not None else {}
        self._contained = given.flag("includeSchema", True)
        codec = given.text("avroCompression", "NULL").upper()
        if codec not in _CODECS:
            raise InvalidValueError("Avro Compression Codec", codec, "a codec", tuple(_CODECS))
        self._codec = _CODECS[codec]
        self._buffer = io.BytesIO()
        self._writer: Any = None
        self._begun = False

    def _look_up(self, source: str, given: Given) -> None:
        """The schema that a registry has, or how to register one there."""
        if source == "REGISTRY":
            registry = registry_of(given, "schemaRegistryUrls", "basicAuthUserInfo")
            subject = given.text("subject") if given.text("schemaLookupMode", "SUBJECT") == "SUBJECT" else ""
            number = given.integer("schemaId")
            found = _from_registry(lambda: registry.newest(subject) if subject else (number, registry.schema(number)))
            self._id, self._text = found
        elif given.flag("registerSchema"):
            to = registry_of(given, "schemaRegistryUrlsForRegistration", "basicAuthUserInfoForRegistration")
            self._register = partial(to.register, given.text("subjectToRegister"))

    def write(self, record: Record) -> bytes:
        """The bytes that a record adds."""
        schema = self._schema_for(record)
        value = _Fields(self._names).of(schema, record.value, "", 0)
        try:
            if not self._contained:
                buffer = io.BytesIO()
                self._library.schemaless_writer(buffer, schema, value)
                begin, self._begun = b"" if self._begun else with_id(self._id), True
                return begin + buffer.getvalue()
            if self._writer is None:
                self._writer = self._library.write.Writer(self._buffer, schema, codec=self._codec)
            self._writer.write(value)
        except (ValueError, TypeError, KeyError, OverflowError, AttributeError) as error:
            raise FormatFault("AVRO_GENERATOR_05", f"the record does not fit the schema: {error}") from None
        return self._drained()

    def flush(self) -> bytes:
        """What was held back to make a block of it."""
        if self._writer is not None:
            self._writer.flush()
        return self._drained()

    def finish(self) -> bytes:
        """What ends the file."""
        return self.flush()

    def _schema_for(self, record: Record) -> Any:
        if self._text:
            return self._schema
        text = record.attributes.get("avroSchema", "")
        if not text:
            raise FormatFault("AVRO_GENERATOR_03", "the record has no header attribute avroSchema")
        if not self._contained or self._schema is None:
            if text != self._header_text:
                try:
                    self._schema, self._header_text = _checked(text), text
                except InvalidValueError as error:
                    raise FormatFault("AVRO_GENERATOR_02", str(error)) from None
                self._names = names_of(self._schema)
                self._register_header(text)
        elif text != self._header_text:
            raise FormatFault("AVRO_GENERATOR_04", "the schema differs from that of the records before")
        return self._schema

    def _register_header(self, text: str) -> None:
        try:
            self._id = 0 if self._register is None else self._register(text)
        except RegistryError as error:
            self._schema, self._header_text = None, ""
            raise FormatFault("DATA_FORMAT_201", f"the schema cannot be registered: {error}") from None

    def _drained(self) -> bytes:
        data = self._buffer.getvalue()
        self._buffer.seek(0)
        self._buffer.truncate()
        return data


def _from_registry(ask: Callable[..., Asked], *words: str) -> Asked:
    try:
        return ask(*words)
    except RegistryError as error:
        raise UnfitError(Unfit("DATA_FORMAT_201", "dataFormat", f"the registry of schemas: {error}")) from None


def _checked(text: str) -> Any:
    """The parsed schema, whose defaults are of the types of their fields.

    Raises:
        InvalidValueError: no schema, or one with another default (DATA_FORMAT_300).
    """
    schema = schema_of(text, code="DATA_FORMAT_300")
    wrong = next(unfit_defaults(schema), None)
    if wrong is not None:
        raise InvalidValueError("Avro Schema", wrong, "a default of the type of its field (DATA_FORMAT_300)")
    return schema


class _Fields:
    """Fields as the library writes them: logical types as what they stand on, branches of unions named."""

    def __init__(self, names: dict[str, Any]) -> None:
        self._names = names

    def of(self, schema: Any, value: FieldValue, path: str, depth: int) -> Any:
        """The value of a field.

        Raises:
            FormatFault: a field that the schema wants is not there (AVRO_GENERATOR_00) or null (01), is of another
                kind (05), needs rounding (06), or fits no branch of its union (CMN_0106).
        """
        if depth > MAX_DEPTH:
            raise FormatFault("AVRO_GENERATOR_05", f"fields nested deeper than {MAX_DEPTH}")
        schema = self._names.get(schema, schema) if isinstance(schema, str) else schema
        if value is None or isinstance(value, Null):
            return None
        if isinstance(schema, list):
            return self._branch(schema, value, path, depth)
        if isinstance(schema, dict) and isinstance(schema["type"], (dict, list)):
            return self.of(schema["type"], value, path, depth)
        try:
            return self._written(schema, value, path, depth)
        except (ConversionError, InvalidValueError) as fault:
            wanted = logical_of(schema) or kind_of(schema)
            message = f"field {path or '/'} cannot be written as {wanted}: {fault}"
            raise FormatFault("AVRO_GENERATOR_05", message) from None

    def _branch(self, union: list[Any], value: FieldValue, path: str, depth: int) -> Any:
        kinds = [self._names.get(each, each) if isinstance(each, str) else each for each in union]
        if len(kinds) == 2 and kind_of(kinds[0]) == "null":
            at = 1
        else:
            at = next((at for at, each in enumerate(kinds) if _suits(each, value)), -1)
            if at < 0 and isinstance(value, dict) and len(value) == 1:
                at, value = _told(kinds, value)
            if at < 0:
                at = next((at for at, each in enumerate(kinds) if _suits_loosely(each, value)), -1)
        if at < 0:
            shown = [kind_of(each) for each in kinds]
            raise FormatFault("CMN_0106", f"field {path or '/'} fits none of the types of its union {shown}")
        kind = kind_of(union[at])
        named = union[at]["name"] if kind in ("record", "error", "enum", "fixed") else kind
        return (named, self.of(kinds[at], value, path, depth))

    def _written(self, schema: Any, value: FieldValue, path: str, depth: int) -> Any:
        kind, logical = kind_of(schema), logical_of(schema)
        if logical:
            return _physical(schema, logical, value, path)
        if kind in ("record", "error"):
            return self._record(schema, value, path, depth)
        if kind == "array":
            items = list(value.values()) if isinstance(value, ListMap) else value
            if not isinstance(items, list):
                raise ConversionError("API_12", value, FieldType.LIST)
            return [self.of(schema["items"], each, f"{path}[{at}]", depth + 1) for at, each in enumerate(items)]
        if kind == "map":
            if not isinstance(value, dict):
                raise ConversionError("API_15", value, FieldType.MAP)
            return {name: self.of(schema["values"], each, f"{path}/{name}", depth + 1) for name, each in value.items()}
        return _plain(kind, value)

    def _record(self, schema: Any, value: FieldValue, path: str, depth: int) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise ConversionError("API_15", value, FieldType.MAP)
        made: dict[str, Any] = {}
        for field in schema["fields"]:
            name, kind = field["name"], of_field(field)
            below = f"{path}/{name}"
            held: Any = value.get(name, MISSING)
            if held is MISSING and "default" not in field:
                raise FormatFault("AVRO_GENERATOR_00", f"field {below} of the schema is not in the record")
            absent = held is MISSING or held is None or isinstance(held, Null)
            if absent and "default" in field:
                made[name] = _default(kind, field["default"])
            elif absent and kind_of(kind) not in ("union", "null"):
                raise FormatFault("AVRO_GENERATOR_01", f"field {below} is null, which its type does not allow")
            else:
                made[name] = self.of(kind, held, below, depth + 1)
        return made


def _default(schema: Any, value: Any) -> Any:
    """A default as the library writes it: bytes stand in a schema as a text of their numbers."""
    if isinstance(schema, list):
        return _default(schema[0], value) if schema else value
    if kind_of(schema) in ("bytes", "fixed") and isinstance(value, str):
        return value.encode("latin-1", "replace")
    return value


_TYPES = {
    "int": FieldType.INTEGER,
    "long": FieldType.LONG,
    "float": FieldType.DOUBLE,
    "double": FieldType.DOUBLE,
    "boolean": FieldType.BOOLEAN,
    "bytes": FieldType.BYTE_ARRAY,
    "fixed": FieldType.BYTE_ARRAY,
}


def _plain(kind: str, value: FieldValue) -> Any:
    return None if kind == "null" else convert(value, _TYPES.get(kind, FieldType.STRING))


def _physical(schema: Any, logical: str, value: FieldValue, path: str) -> Any:
    if logical == "decimal":
        number, scale = convert(value, FieldType.DECIMAL), int(schema.get("scale", 0))
        assert isinstance(number, Decimal)
        if not number.is_finite() or number.adjusted() > 1000:
            raise ConversionError("API_08", value, FieldType.DECIMAL)
        try:
            with localcontext(prec=2000) as context:
                context.traps[InvalidOperation] = True
                whole = number.scaleb(scale)
                unscaled = int(whole)
        except InvalidOperation:
            raise ConversionError("API_08", value, FieldType.DECIMAL) from None
        if whole != unscaled:
            raise FormatFault("AVRO_GENERATOR_06", f"field {path or '/'} has more than {scale} decimals: {number}")
        return unscaled.to_bytes((unscaled + (unscaled < 0)).bit_length() // 8 + 1, "big", signed=True)
    if logical in ("time-micros", "timestamp-micros"):
        return convert(value, FieldType.LONG)
    moment = convert(value, FieldType.DATETIME)
    assert isinstance(moment, datetime)
    ms = to_millis(moment)
    if logical == "date":
        return ms // _DAY_MS
    return wrap_int(ms) if logical == "time-millis" else ms


def _told(kinds: list[Any], value: dict[str, FieldValue]) -> tuple[int, FieldValue]:
    """The branch that a map of one names, as Avro's JSON does it, with what it holds; -1 where it names none."""
    ((told, held),) = value.items()
    for at, each in enumerate(kinds):
        if kind_of(each) in ("record", "error") and told in (each["name"], each["name"].rpartition(".")[2]):
            return at, held
    return -1, value


def _suits(schema: Any, value: FieldValue) -> bool:
    """True when a branch is of just the type of the field."""
    kind, logical = kind_of(schema), logical_of(schema)
    if isinstance(value, Decimal):
        return kind == "bytes"
    if isinstance(value, datetime):
        return logical == "date" if isinstance(value, Date) else logical in ("timestamp-millis", "time-millis")
    if isinstance(value, bool):
        return kind == "boolean"
    if isinstance(value, (Byte, Short)):
        return False
    if isinstance(value, int):
        long = isinstance(value, Long) or not -(1 << 31) <= value < 1 << 31
        return kind == ("long" if long else "int") and not logical
    if isinstance(value, float):
        return kind == ("float" if isinstance(value, Float) else "double")
    if isinstance(value, str):
        return kind == "string" and not isinstance(value, Char)
    if isinstance(value, bytes):
        return kind in ("bytes", "fixed")
    if isinstance(value, dict):
        if kind in ("record", "error"):
            return _has_fields(schema, value)
        return kind == "map"
    return isinstance(value, list) and kind == "array"


def _has_fields(schema: Any, value: dict[str, FieldValue]) -> bool:
    """True when a map has what a record must have, and nothing else."""
    names = {field["name"] for field in schema["fields"]}
    return names.issuperset(value) and all("default" in field or field["name"] in value for field in schema["fields"])


def _suits_loosely(schema: Any, value: FieldValue) -> bool:
    """True when a branch can hold the field at all: an enum a text, a record a map."""
    kind = kind_of(schema)
    if isinstance(value, dict):
        return kind in ("record", "error", "map")
    return isinstance(value, str) and not isinstance(value, Char) and kind == "enum"
