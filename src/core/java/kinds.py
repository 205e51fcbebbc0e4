"""Which field type a plain value stands for, and the value without its null wrapper."""

from datetime import datetime
from decimal import Decimal

from ..records.values import Byte, Char, Date, FieldType, FileRef, Float, ListMap, Long, Null, Short, Time, Zoned

_KINDS: dict[type, FieldType] = {
    type(None): FieldType.STRING,
    str: FieldType.STRING,
    bool: FieldType.BOOLEAN,
    Long: FieldType.LONG,
    float: FieldType.DOUBLE,
    Float: FieldType.FLOAT,
    Decimal: FieldType.DECIMAL,
    dict: FieldType.MAP,
    ListMap: FieldType.LIST_MAP,
    list: FieldType.LIST,
    datetime: FieldType.DATETIME,
    Date: FieldType.DATE,
    Time: FieldType.TIME,
    Zoned: FieldType.ZONED_DATETIME,
    Short: FieldType.SHORT,
    Byte: FieldType.BYTE,
    Char: FieldType.CHAR,
    bytes: FieldType.BYTE_ARRAY,
    FileRef: FieldType.FILE_REF,
}


def kind_of(value: object) -> FieldType:
    """The field type of ``value``; a plain whole number is INTEGER when it fits 32 bits, LONG in 64, else DECIMAL."""
    kind = type(value)
    if kind is int:
        if -0x80000000 <= value <= 0x7FFFFFFF:  # type: ignore[operator]
            return FieldType.INTEGER
        return FieldType.LONG if -(1 << 63) <= value < 1 << 63 else FieldType.DECIMAL  # type: ignore[operator]
    if kind is Null:
        return value.type  # type: ignore[attr-defined, no-any-return]
    known = _KINDS.get(kind)
    return known if known is not None else _nearest(value)


def _nearest(value: object) -> FieldType:
    for kind in (Date, Time, Zoned, datetime, ListMap, dict, list, Char, str, bytes, float, int):
        if isinstance(value, kind):
            return FieldType.INTEGER if kind is int else _KINDS[kind]
    return FieldType.STRING


def plain(value: object) -> object:
    """``value``, or None for the null of another type."""
    return None if type(value) is Null else value
