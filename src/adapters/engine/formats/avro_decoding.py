"""Values of Avro as fields.

Which branch of a union was written decides the type of a field, and what a hostile file claims of sizes, counts and
depths must be doubted before it is believed: so values are decoded here.
"""

import struct
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from ....core.records.record import Header
from ....core.records.values import Date, FieldValue, Float, ListMap, Long, Time
from .avro_schema import kind_of, logical_of, names_of, null_of

MAX_DEPTH = 100
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
Decode = Callable[["Cursor", str], FieldValue]


class Cursor:
    """Where decoding is, and the header of the record that is being read."""

    __slots__ = ("at", "data", "depth", "header")

    def __init__(self, data: bytes) -> None:
        self.data, self.at, self.depth, self.header = data, 0, 0, Header()

    def long(self) -> int:
        """A number."""
        data, at = self.data, self.at
        shift = value = 0
        while shift < 70:
            byte = data[at]
            at += 1
            value |= (byte & 0x7F) << shift
            if not byte & 0x80:
                self.at = at
                return (value >> 1) ^ -(value & 1)
            shift += 7
        raise ValueError("a number with more than ten bytes")

    def take(self, size: int) -> bytes:
        """So many bytes."""
        end = self.at + size
        if size < 0 or end > len(self.data):
            raise EOFError("a value that goes on behind its block")
        made, self.at = self.data[self.at : end], end
        return made

    def note(self, path: str, **facts: str) -> None:
        """Notes attributes of a field."""
        self.header.field_attributes.setdefault(path, {}).update(facts)


def compiled(schema: Any, *, skip: bool) -> Decode:
    """What decodes a value of a schema."""
    return _Compiler(names_of(schema), skip=skip).of(schema)


class _Compiler:
    """Makes decoders; that of a named type once."""

    def __init__(self, names: dict[str, Any], *, skip: bool) -> None:
        self._names, self._skip = names, skip
        self._made: dict[str, Decode] = {}

    def of(self, schema: Any) -> Decode:
        """The decoder of a schema."""
        if isinstance(schema, str) and schema in self._names:
            schema = self._names[schema]
        if isinstance(schema, list):
            return self._union(schema)
        name = schema.get("name") if isinstance(schema, dict) else None
        if name is not None and name in self._made:
            return lambda cursor, path: self._made[name](cursor, path)
        kind = kind_of(schema)
        if isinstance(schema, dict) and isinstance(schema["type"], (dict, list)):
            return self.of(schema["type"])
        if logical_of(schema):
            return _logical(schema)
        if kind in ("record", "error"):
            return self._record(schema)
        if kind == "array":
            return self._array(schema)
        if kind == "map":
            return self._map(schema)
        if kind == "fixed":
            size = int(schema["size"])
            return lambda cursor, path: cursor.take(size)
        if kind == "enum":
            symbols = tuple(schema["symbols"])
            return lambda cursor, path: symbols[_index(cursor, len(symbols))]
        return _PLAIN[kind]

    def _record(self, schema: Any) -> Decode:
        fields: list[tuple[str, str, Decode]] = []

        def decode(cursor: Cursor, path: str) -> FieldValue:
            cursor.depth += 1
            if cursor.depth > MAX_DEPTH:
                raise ValueError(f"values nested deeper than {MAX_DEPTH}")
            made = ListMap()
            for name, step, inner in fields:
                made[name] = inner(cursor, path + step)
            cursor.depth -= 1
            return made

        self._made[schema["name"]] = decode
        fields += [(each["name"], f"/{each['name']}", self.of(each["type"])) for each in schema["fields"]]
        return decode

    def _array(self, schema: Any) -> Decode:
        inner = self.of(schema["items"])

        def decode(cursor: Cursor, path: str) -> FieldValue:
            made: list[FieldValue] = []
            for count in _counts(cursor):
                for _ in range(count):
                    made.append(inner(cursor, f"{path}[{len(made)}]"))
            return made

        return self._deeper(decode)

    def _map(self, schema: Any) -> Decode:
        inner = self.of(schema["values"])

        def decode(cursor: Cursor, path: str) -> FieldValue:
            made: dict[str, FieldValue] = {}
            for count in _counts(cursor):
                for _ in range(count):
                    name = cursor.take(cursor.long()).decode("utf-8", "replace")
                    made[name] = inner(cursor, f"{path}/{name}")
            return made

        return self._deeper(decode)

    def _deeper(self, decode: Decode) -> Decode:
        def bounded(cursor: Cursor, path: str) -> FieldValue:
            cursor.depth += 1
            if cursor.depth > MAX_DEPTH:
                raise ValueError(f"values nested deeper than {MAX_DEPTH}")
            made = decode(cursor, path)
            cursor.depth -= 1
            return made

        return bounded

    def _union(self, schema: list[Any]) -> Decode:
        branches = [self.of(each) for each in schema]
        kinds = [self._names.get(each, each) if isinstance(each, str) else each for each in schema]
        optional = len(schema) == 2 and kind_of(kinds[0]) == "null"

        def decode(cursor: Cursor, path: str) -> FieldValue:
            at = _index(cursor, len(branches))
            if optional and at == 0:
                _precision(cursor, path, kinds[1])
                return null_of(kinds[1])
            if not self._skip:
                cursor.header.attributes[f"avro.union.typeIndex.{path}"] = str(at)
            return branches[at](cursor, path)

        return decode


def _counts(cursor: Cursor) -> Iterator[int]:
    """How many values the blocks of an array or map have."""
    while (count := cursor.long()) != 0:
        if count < 0:
            count = -count
            cursor.long()
        if count > len(cursor.data) - cursor.at + 1000:
            raise ValueError(f"a block of {count} values in {len(cursor.data) - cursor.at} bytes")
        yield count


def _index(cursor: Cursor, most: int) -> int:
    at = cursor.long()
    if not 0 <= at < most:
        raise ValueError(f"branch {at} of {most}")
    return at


def _whole(cursor: Cursor, path: str) -> FieldValue:
    value = cursor.long()
    if not -(1 << 31) <= value < 1 << 31:
        raise ValueError(f"{value} is no int")
    return value


def _boolean(cursor: Cursor, path: str) -> FieldValue:
    return cursor.take(1) != b"\x00"


_PLAIN: dict[str, Decode] = {
    "null": lambda cursor, path: null_of("null"),
    "boolean": _boolean,
    "int": _whole,
    "long": lambda cursor, path: Long(cursor.long()),
    "float": lambda cursor, path: Float(struct.unpack("<f", cursor.take(4))[0]),
    "double": lambda cursor, path: struct.unpack("<d", cursor.take(8))[0],
    "bytes": lambda cursor, path: cursor.take(cursor.long()),
    "string": lambda cursor, path: cursor.take(cursor.long()).decode("utf-8", "replace"),
}


def _precision(cursor: Cursor, path: str, schema: Any) -> None:
    if logical_of(schema) == "decimal":
        cursor.note(path, scale=str(schema.get("scale", 0)), precision=str(schema.get("precision", 0)))


def _logical(schema: Any) -> Decode:
    named = logical_of(schema)
    scale = schema.get("scale", 0)

    def decode(cursor: Cursor, path: str) -> FieldValue:
        cursor.note(path, **{"avro.type": named})
        if named == "decimal":
            _precision(cursor, path, schema)
            whole = int.from_bytes(cursor.take(cursor.long()), "big", signed=True)
            return Decimal(whole).scaleb(-scale) if whole.bit_length() < 90 else _exact(whole, scale)
        value = cursor.long()
        if named in ("time-micros", "timestamp-micros"):
            return Long(value)
        at = _EPOCH + (timedelta(days=value) if named == "date" else timedelta(milliseconds=value))
        if named == "timestamp-millis":
            return at
        cls = Date if named == "date" else Time
        return cls(at.year, at.month, at.day, at.hour, at.minute, at.second, at.microsecond, tzinfo=UTC)

    return decode


def _exact(whole: int, scale: int) -> Decimal:
    """A decimal with all its digits, which a context would round."""
    if whole.bit_length() > 4000:
        raise ValueError("a decimal with more than a thousand digits")
    digits = tuple(map(int, str(abs(whole))))
    return Decimal((int(whole < 0), digits, -scale))
