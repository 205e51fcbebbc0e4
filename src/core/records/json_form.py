"""Records as JSON: the form of the engine's interface, of snapshots, of error files and of the SDC_JSON data format."""

import base64
import binascii
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from ..errors import FormatError, LimitError
from ..java.calendar import from_millis, to_millis
from ..java.kinds import kind_of
from ..java.numbers import parse_double, to_float32
from ..java.text import double_text, float_text, zoned_text
from ..java.zones import java_zone
from ..values import PlainJson
from .paths import parse_path, quoted
from .record import ErrorInfo, Header, Record
from .values import (
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

MAX_DEPTH = 100
DOUBLE = '"'
_TEXTS = frozenset({FieldType.INTEGER, FieldType.LONG, FieldType.DECIMAL})


def record_to_json(record: Record) -> dict[str, PlainJson]:
    """A record with its whole header, nulls included."""
    return {
        "header": header_to_json(record.header),
        "value": field_to_json(record.value, record.header.field_attributes),
    }


def header_to_json(header: Header) -> dict[str, PlainJson]:
    """The header of a record."""
    error = header.error
    return {
        "stageCreator": header.stage_creator or None,
        "sourceId": header.source_id or None,
        "stagesPath": header.stages_path or None,
        "trackingId": header.tracking_id or None,
        "previousTrackingId": header.previous_tracking_id,
        "raw": None,
        "rawMimeType": None,
        "errorDataCollectorId": (error.engine or None) if error is not None else None,
        "errorPipelineName": (error.pipeline or None) if error is not None else None,
        "errorStage": (error.stage or None) if error is not None else None,
        "errorStageLabel": (error.stage_label or None) if error is not None else None,
        "errorCode": error.code if error is not None else None,
        "errorMessage": error.message if error is not None else None,
        "errorTimestamp": error.timestamp_ms if error is not None else 0,
        "errorStackTrace": (error.stack_trace or None) if error is not None else None,
        "errorJobId": (error.job_id or None) if error is not None else None,
        "errorJobName": (error.job_name or None) if error is not None else None,
        "values": dict(header.attributes),
    }


def field_to_json(
    value: FieldValue,
    attributes: Mapping[str, Mapping[str, str]] | None = None,
    path: str = "",
    double: str = "",
) -> dict[str, PlainJson]:
    """A field: its type, its value, and its path with names quoted in both ways."""
    kind = kind_of(value)
    made: dict[str, PlainJson] = {
        "type": kind.value,
        "value": _value(kind, value, attributes, path, double),
        "sqpath": path,
        "dqpath": double,
    }
    held = attributes.get(path) if attributes else None
    if held:
        made["attributes"] = dict(held)
    return made


def _value(
    kind: FieldType, value: FieldValue, attributes: Mapping[str, Mapping[str, str]] | None, path: str, double: str
) -> PlainJson:
    if value is None or isinstance(value, Null):
        return None
    if isinstance(value, dict):
        fields = {
            name: field_to_json(item, attributes, f"{path}/{quoted(name)}", f"{double}/{quoted(name, DOUBLE)}")
            for name, item in value.items()
        }
        return list(fields.values()) if isinstance(value, ListMap) else fields  # type: ignore[return-value]
    if isinstance(value, list):
        return [field_to_json(item, attributes, f"{path}[{at}]", f"{double}[{at}]") for at, item in enumerate(value)]
    return _plain(kind, value)


def _plain(kind: FieldType, value: object) -> PlainJson:
    if isinstance(value, (bool, str)):
        return bool(value) if isinstance(value, bool) else str(value)
    if isinstance(value, float):
        return float_text(value) if kind is FieldType.FLOAT else double_text(value)
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    if isinstance(value, datetime):
        return zoned_text(value) if kind is FieldType.ZONED_DATETIME else to_millis(value)
    if isinstance(value, FileRef):
        return {
            "fileInfo": {name: str(item) for name, item in value.info.items()},
            "bufferSize": value.buffer_size_bytes,
        }
    if kind in _TEXTS:
        return str(value)
    assert isinstance(value, int)
    return int(value)


# --- reading ----------------------------------------------------------------------------------------------------------


def record_from_json(raw: object, source: str) -> Record:
    """The record of such an object.

    Raises:
        FormatError: it has not the shape of one.
        LimitError: nested deeper than 100.
    """
    if not isinstance(raw, Mapping) or not isinstance(raw.get("value"), (Mapping, type(None))):
        raise FormatError(source, "/value", "expected a record: an object with header and value")
    attributes: dict[str, dict[str, str]] = {}
    value = None if raw.get("value") is None else field_from_json(raw["value"], source, attributes)
    header = header_from_json(raw.get("header") or {}, source)
    header.field_attributes = attributes
    return Record(value, header)


def header_from_json(raw: object, source: str) -> Header:
    """The header of such an object. Raises ``FormatError``."""
    if not isinstance(raw, Mapping):
        raise FormatError(source, "/header", "expected an object")

    def text(key: str) -> str:
        value = raw.get(key)
        return value if isinstance(value, str) else ""

    values = raw.get("values") or {}
    if not isinstance(values, Mapping):
        raise FormatError(source, "/header/values", "expected an object")
    error = None
    if raw.get("errorCode") is not None:
        at_ms = raw.get("errorTimestamp")
        error = ErrorInfo(
            code=text("errorCode"),
            message=text("errorMessage"),
            stage=text("errorStage"),
            stage_label=text("errorStageLabel"),
            timestamp_ms=at_ms if isinstance(at_ms, int) else 0,
            pipeline=text("errorPipelineName"),
            engine=text("errorDataCollectorId"),
            job_id=text("errorJobId"),
            job_name=text("errorJobName"),
            stack_trace=text("errorStackTrace"),
        )
    return Header(
        source_id=text("sourceId"),
        stage_creator=text("stageCreator"),
        stages_path=text("stagesPath"),
        tracking_id=text("trackingId"),
        previous_tracking_id=text("previousTrackingId") or None,
        error=error,
        attributes={str(name): str(value) for name, value in values.items()},
    )


def field_from_json(
    raw: object, source: str, attributes: dict[str, dict[str, str]] | None = None, depth: int = 0
) -> FieldValue:
    """The field value of such an object; its attributes are noted by path. Raises ``FormatError``, ``LimitError``."""
    if depth > MAX_DEPTH:
        raise LimitError(source, "/value", f"fields nested deeper than {MAX_DEPTH}")
    if not isinstance(raw, Mapping):
        raise FormatError(source, "/value", "expected a field: an object with type and value")
    path = str(raw.get("sqpath") or "")
    try:
        kind = FieldType(raw.get("type"))
    except ValueError:
        raise FormatError(source, path or "/value", f"{raw.get('type')!r} is no field type") from None
    held = raw.get("attributes")
    if attributes is not None and isinstance(held, Mapping):
        attributes[path] = {str(name): str(value) for name, value in held.items()}
    value = raw.get("value")
    if value is None:
        return None if kind is FieldType.STRING else Null(kind)
    try:
        return _read(kind, value, source, attributes, depth)
    except (ValueError, TypeError, InvalidOperation, OverflowError, binascii.Error) as error:
        if isinstance(error, FormatError):
            raise
        raise FormatError(source, path or "/value", f"no {kind.value}: {str(value)[:60]!r}") from None


def _read(
    kind: FieldType, value: Any, source: str, attributes: dict[str, dict[str, str]] | None, depth: int
) -> FieldValue:
    if kind is FieldType.MAP:
        return {str(name): field_from_json(item, source, attributes, depth + 1) for name, item in _map(value).items()}
    if kind is FieldType.LIST:
        return [field_from_json(item, source, attributes, depth + 1) for item in _list(value)]
    if kind is FieldType.LIST_MAP:
        named = [(_name(item, at), item) for at, item in enumerate(_list(value))]
        return ListMap({name: field_from_json(item, source, attributes, depth + 1) for name, item in named})
    return _SIMPLE[kind](value)


def _map(value: object) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise TypeError("expected an object")
    return value


def _list(value: object) -> list[Any]:
    if not isinstance(value, list):
        raise TypeError("expected a list")
    return value


def _name(raw: object, at: int) -> str:
    """The name of a LIST_MAP entry: the last step of its path."""
    path = raw.get("sqpath") if isinstance(raw, Mapping) else None
    parts = parse_path(path) if isinstance(path, str) else ()
    return str(parts[-1]) if parts else str(at)


def _boolean(value: object) -> FieldValue:
    if not isinstance(value, bool):
        raise TypeError("expected a boolean")
    return value


def _number(value: object) -> float:
    return parse_double(value) if isinstance(value, str) else float(value)  # type: ignore[arg-type]


def _bits(value: object, bits: int) -> int:
    if isinstance(value, bool) or not isinstance(value, (int, str)):
        raise TypeError("expected a whole number")
    number = int(value)
    if not -(2 ** (bits - 1)) <= number < 2 ** (bits - 1):
        raise ValueError(number)
    return number


def _integer(value: object) -> FieldValue:
    return _bits(value, 32)


def _long(value: object) -> FieldValue:
    number = _bits(value, 64)
    # one that does not fit 32 bits is a LONG without saying so
    return Long(number) if -(2**31) <= number < 2**31 else int(number)


def _moment(value: object) -> datetime:
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError("expected epoch milliseconds")
    return from_millis(value)


def _as(cls: type[datetime], value: object) -> datetime:
    at = _moment(value)
    return cls(at.year, at.month, at.day, at.hour, at.minute, at.second, at.microsecond, tzinfo=UTC)


def zoned_from_text(text: str) -> Zoned:
    """A zoned moment of its ISO text, the zone's name in brackets included. Raises ``ValueError``."""
    plain, _, rest = text.partition("[")
    at = datetime.fromisoformat(plain)
    if at.tzinfo is None:
        raise ValueError(text)
    named = java_zone(rest.rstrip("]")) if rest else None
    zone = named if named is not None else at.tzinfo
    at = at.astimezone(zone)
    return Zoned(at.year, at.month, at.day, at.hour, at.minute, at.second, at.microsecond, tzinfo=zone, fold=at.fold)


def _file(value: object) -> FieldValue:
    raise FormatError("record", "/value", "a file reference cannot be read back: the file is not part of the record")


_SIMPLE = {
    FieldType.BOOLEAN: _boolean,
    FieldType.CHAR: lambda value: Char(str(value)[:1]),
    FieldType.STRING: lambda value: str(value),
    FieldType.BYTE: lambda value: Byte(_bits(value, 8)),
    FieldType.SHORT: lambda value: Short(_bits(value, 16)),
    FieldType.INTEGER: _integer,
    FieldType.LONG: _long,
    FieldType.FLOAT: lambda value: Float(to_float32(_number(value))),
    FieldType.DOUBLE: lambda value: float(_number(value)),
    FieldType.DECIMAL: lambda value: Decimal(str(value)),
    FieldType.DATETIME: _moment,
    FieldType.DATE: lambda value: _as(Date, value),
    FieldType.TIME: lambda value: _as(Time, value),
    FieldType.ZONED_DATETIME: lambda value: zoned_from_text(str(value)),
    FieldType.BYTE_ARRAY: lambda value: base64.b64decode(str(value), validate=True),
    FieldType.FILE_REF: _file,
}
