"""Protobuf messages: records, read and written."""

import base64
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO

from ....core.errors import InvalidValueError
from ....core.java import java_string
from ....core.java.numbers import to_float32, wrap_bits
from ....core.plan.given import Given
from ....core.records.convert import convert
from ....core.records.record import Header, Record
from ....core.records.values import FieldType, FieldValue, Float, ListMap, Long, Null
from .fault import FormatFault
from .item import Item
from .proto_types import MessageType, message_type

UNKNOWN = "protobuf.unknown.fields."
LONGEST_MESSAGE = 16 * 1024 * 1024
MAX_DEPTH = 100
# kinds of fields as descriptors number them
_INT32, _INT64, _UINT32, _UINT64, _DOUBLE, _FLOAT, _BOOL, _ENUM, _STRING, _MESSAGE = range(1, 11)
_BYTES = 12
_TYPES = {
    _INT32: FieldType.INTEGER,
    _UINT32: FieldType.INTEGER,
    _INT64: FieldType.LONG,
    _UINT64: FieldType.LONG,
    _DOUBLE: FieldType.DOUBLE,
    _FLOAT: FieldType.FLOAT,
    _BOOL: FieldType.BOOLEAN,
    _MESSAGE: FieldType.MAP,
}


def read_protobuf(opened: BinaryIO, given: Given) -> Iterator[Item]:
    """Messages with their length before them, or one that is the whole file.

    Raises:
        FormatFault: no message of the type (PROTOBUF_08), or one that lacks what it must have (DATA_PARSER_02).
    """
    kind = message_type(given)
    if not given.flag("isDelimited", True):
        data = _taken(opened, LONGEST_MESSAGE + 1)
        if len(data) > LONGEST_MESSAGE:
            raise FormatFault("PROTOBUF_08", f"a message of more than {LONGEST_MESSAGE} bytes")
        yield Item(0, max(1, len(data)), _record(kind, data))
        return
    at = 0
    while (length := _length(opened)) is not None:
        size, used = length
        data = _taken(opened, size)
        if len(data) < size:
            raise FormatFault("PROTOBUF_08", "the file ends inside of a message")
        yield Item(at, at + used + size, _record(kind, data))
        at += used + size


def _taken(opened: BinaryIO, size: int) -> bytes:
    data = b""
    while len(data) < size and (more := opened.read(size - len(data))):
        data += more
    return data


def _length(opened: BinaryIO) -> tuple[int, int] | None:
    """How long the next message is, and the bytes that said so; None at the end."""
    value = 0
    for used in range(1, 6):
        byte = opened.read(1)
        if not byte:
            if used == 1:
                return None
            break
        value |= (byte[0] & 0x7F) << (7 * (used - 1))
        if not byte[0] & 0x80:
            if value > LONGEST_MESSAGE:
                raise FormatFault("PROTOBUF_08", f"a message of {value} bytes; the limit is {LONGEST_MESSAGE}")
            return value, used
    raise FormatFault("PROTOBUF_08", "the length of a message cannot be read")


def _record(kind: MessageType, data: bytes) -> Record:
    from google.protobuf.message import DecodeError

    try:
        message = kind.cls.FromString(data)
    except (DecodeError, RecursionError) as error:
        raise FormatFault("PROTOBUF_08", f"no message of type {kind.descriptor.full_name}: {error}") from None
    if not message.IsInitialized():
        missing = ", ".join(message.FindInitializationErrors()[:5])
        raise FormatFault("DATA_PARSER_02", f"the message lacks {missing}")
    header = Header()
    return Record(_fields(message, "", kind, header), header)


def _fields(message: Any, path: str, kind: MessageType, header: Header) -> ListMap:
    """Every field that the type has: those that were not sent have their default, or are null."""
    made = ListMap()
    for field in message.DESCRIPTOR.fields:
        made[field.name] = _field(message, field, f"{path}/{field.name}", kind, header)
    for field in kind.extensions.get(message.DESCRIPTOR.full_name, ()):
        held = message.Extensions[field]
        if len(held) if _repeated(field) else message.HasExtension(field):
            made[field.name] = _held(held, field, f"{path}/{field.name}", kind, header)
    unknown = _unknown(message)
    if unknown:
        header.attributes[UNKNOWN + (path or "/")] = base64.b64encode(_delimited(unknown)).decode()
    return made


def _unknown(message: Any) -> bytes:
    """The bytes of what the type does not know."""
    from google.protobuf.unknown_fields import UnknownFieldSet

    if not len(UnknownFieldSet(message)):
        return b""
    rest = type(message)()
    rest.CopyFrom(message)
    for field, _ in message.ListFields():
        rest.ClearExtension(field) if field.is_extension else rest.ClearField(field.name)
    return bytes(rest.SerializePartialToString())


def _repeated(field: Any) -> bool:
    return bool(field.is_repeated if hasattr(field, "is_repeated") else field.label == 3)


def _is_map(field: Any) -> bool:
    return field.message_type is not None and field.message_type.GetOptions().map_entry


def _field(message: Any, field: Any, path: str, kind: MessageType, header: Header) -> FieldValue:
    held = getattr(message, field.name)
    if _repeated(field):
        return _held(held, field, path, kind, header) if len(held) else _null(field)
    if field.cpp_type == _MESSAGE and not message.HasField(field.name):
        return _null(field)
    return _held(held, field, path, kind, header)


def _null(field: Any) -> FieldValue:
    if field.type == _BYTES:
        return Null(FieldType.BYTE_ARRAY)
    found = _TYPES.get(field.cpp_type)
    return None if found is None else Null(found)


def _held(held: Any, field: Any, path: str, kind: MessageType, header: Header) -> FieldValue:
    if _is_map(field):
        inner = field.message_type.fields_by_name["value"]
        return {
            java_string(name): _value(held[name], inner, f"{path}/{java_string(name)}", kind, header)
            for name in sorted(held)
        }
    if _repeated(field):
        return [_value(each, field, f"{path}[{at}]", kind, header) for at, each in enumerate(held)]
    return _value(held, field, path, kind, header)


def _value(held: Any, field: Any, path: str, kind: MessageType, header: Header) -> FieldValue:
    if field.cpp_type == _MESSAGE:
        return _fields(held, path, kind, header)
    if field.cpp_type == _ENUM:
        found = field.enum_type.values_by_number.get(held)
        return f"UNKNOWN_ENUM_VALUE_{field.enum_type.name}_{held}" if found is None else str(found.name)
    return _READ[field.cpp_type](held)


_READ: dict[int, Callable[[Any], FieldValue]] = {
    _INT32: int,
    _UINT32: lambda value: wrap_bits(value, 32),
    _INT64: Long,
    _UINT64: lambda value: Long(wrap_bits(value, 64)),
    _DOUBLE: float,
    _FLOAT: lambda value: Float(to_float32(value)),
    _BOOL: bool,
    _STRING: lambda value: value,
}


# --- writing ----------------------------------------------------------------------------------------------------------


class ProtobufWriter:
    """Messages of one type, each with its length before it unless ``isDelimited`` is off.

    Raises:
        InvalidValueError: as ``message_type``.
    """

    def __init__(self, given: Given) -> None:
        self._kind = message_type(given)
        self._delimited = given.flag("isDelimited", True)

    def write(self, record: Record) -> bytes:
        """The message of a record."""
        message = self._kind.cls()
        self._fill(message, record.value, "", record, 0)
        if not message.IsInitialized():
            missing = ", ".join(message.FindInitializationErrors()[:5])
            raise FormatFault("PROTOBUF_04", f"the record lacks {missing}")
        data = bytes(message.SerializeToString())
        return _delimited(data) if self._delimited else data

    def finish(self) -> bytes:
        """Nothing: messages stand for themselves."""
        return b""

    def _fill(self, message: Any, value: FieldValue, path: str, record: Record, depth: int) -> None:
        if not isinstance(value, dict) or depth > MAX_DEPTH:
            shown = "nested too deeply" if depth > MAX_DEPTH else "no map"
            raise FormatFault("PROTOBUF_11", f"field {path or '/'} is {shown}; its type is {message.DESCRIPTOR.name}")
        for field in message.DESCRIPTOR.fields:
            self._set(message, field, value, path, record, depth)
        for field in self._kind.extensions.get(message.DESCRIPTOR.full_name, ()):
            self._set(message, field, value, path, record, depth)
        unknown = record.attributes.get(UNKNOWN + (path or "/"))
        if unknown:
            message.MergeFromString(_undelimited(unknown))

    def _set(
        self, message: Any, field: Any, values: "dict[str, FieldValue]", path: str, record: Record, depth: int
    ) -> None:
        value = values.get(field.name)
        if value is None or isinstance(value, Null):
            if field.name not in values and not _repeated(field):
                if field.has_default_value:  # written, though readers would know it
                    _put(message, field, field.default_value)
                elif _required(field):
                    raise FormatFault("PROTOBUF_04", f"the record lacks the field {path}/{field.name}")
            return
        below = f"{path}/{field.name}"
        if _is_map(field):
            self._set_map(getattr(message, field.name), field, value, below, record, depth)
        elif _repeated(field):
            target = message.Extensions[field] if field.is_extension else getattr(message, field.name)
            items = list(value.values()) if isinstance(value, ListMap) else value
            if not isinstance(items, list):
                raise FormatFault("PROTOBUF_11", f"field {below} is no list")
            for at, each in enumerate(items):
                if field.cpp_type == _MESSAGE:
                    self._fill(target.add(), each, f"{below}[{at}]", record, depth + 1)
                elif (plain := _written(field, each, f"{below}[{at}]")) is not None:
                    target.append(plain)
        elif field.cpp_type == _MESSAGE:
            inner = message.Extensions[field] if field.is_extension else getattr(message, field.name)
            inner.SetInParent()
            self._fill(inner, value, below, record, depth + 1)
        elif (plain := _written(field, value, below)) is not None:
            _put(message, field, plain)

    def _set_map(self, target: Any, field: Any, value: FieldValue, path: str, record: Record, depth: int) -> None:
        if not isinstance(value, dict):
            raise FormatFault("PROTOBUF_02", f"field {path} is no map")
        key, inner = (field.message_type.fields_by_name[name] for name in ("key", "value"))
        for name, each in value.items():
            where = _written(key, name, f"{path}/{name}")
            if inner.cpp_type == _MESSAGE:
                self._fill(target[where], each, f"{path}/{name}", record, depth + 1)
            elif (plain := _written(inner, each, f"{path}/{name}")) is not None:
                target[where] = plain


def _put(message: Any, field: Any, value: Any) -> None:
    if field.is_extension:
        message.Extensions[field] = value
    else:
        setattr(message, field.name, value)


def _required(field: Any) -> bool:
    return bool(field.is_required if hasattr(field, "is_required") else field.label == 2)


def _written(field: Any, value: FieldValue, path: str) -> Any:
    """A field as the library takes it; None for null and for enum values that there are not."""
    if value is None or isinstance(value, Null):
        return None
    target = FieldType.BYTE_ARRAY if field.type == _BYTES else _TYPES.get(field.cpp_type, FieldType.STRING)
    try:
        made: Any = convert(value, target)
    except InvalidValueError as fault:
        raise FormatFault("PROTOBUF_11", f"field {path} cannot be written: {fault}") from None
    if field.cpp_type == _ENUM:
        found = field.enum_type.values_by_name.get(made)
        return None if found is None else found.number
    if field.cpp_type in (_UINT32, _UINT64):
        return made % (1 << (32 if field.cpp_type == _UINT32 else 64))
    return made


def _delimited(data: bytes) -> bytes:
    length, made = len(data), b""
    while length > 0x7F:
        made += bytes([length & 0x7F | 0x80])
        length >>= 7
    return made + bytes([length]) + data


def _undelimited(text: str) -> bytes:
    try:
        data = base64.b64decode(text, validate=True)
        at = next(at for at, byte in enumerate(data) if not byte & 0x80)
    except (ValueError, StopIteration):
        raise FormatFault("PROTOBUF_05", "the unknown fields of the record cannot be read") from None
    return data[at + 1 :]
