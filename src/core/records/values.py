"""Field values: plain Python values, with small subclasses only where Python lacks the field type.

==============  =====================================================================
BOOLEAN         ``bool``
INTEGER, LONG   ``int`` is INTEGER when it fits 32 bits, LONG in 64 (DECIMAL beyond); ``Long`` is LONG always
SHORT, BYTE     ``Short``, ``Byte`` (both ``int``)
DOUBLE, FLOAT   ``float``, ``Float``
DECIMAL         ``decimal.Decimal``
STRING, CHAR    ``str``, ``Char``
DATETIME        ``datetime`` (aware, UTC, millisecond precision); DATE is ``Date``, TIME is ``Time``
ZONED_DATETIME  ``Zoned`` (aware, keeps its zone)
BYTE_ARRAY      ``bytes``
MAP, LIST_MAP   ``dict``, ``ListMap``
LIST            ``list``
FILE_REF        ``FileRef``
null            ``None`` is a STRING null; ``Null(type)`` is a null of another type
==============  =====================================================================
"""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from enum import Enum
from io import BufferedIOBase
from typing import TypeAlias

import attrs


class FieldType(Enum):
    """The types a field can have."""

    BOOLEAN = "BOOLEAN"
    CHAR = "CHAR"
    BYTE = "BYTE"
    SHORT = "SHORT"
    INTEGER = "INTEGER"
    LONG = "LONG"
    FLOAT = "FLOAT"
    DOUBLE = "DOUBLE"
    DATE = "DATE"
    DATETIME = "DATETIME"
    TIME = "TIME"
    DECIMAL = "DECIMAL"
    STRING = "STRING"
    FILE_REF = "FILE_REF"
    BYTE_ARRAY = "BYTE_ARRAY"
    MAP = "MAP"
    LIST = "LIST"
    LIST_MAP = "LIST_MAP"
    ZONED_DATETIME = "ZONED_DATETIME"


class Long(int):
    """A LONG field, whatever its size."""

    __slots__ = ()


class Short(int):
    """A SHORT field."""

    __slots__ = ()


class Byte(int):
    """A BYTE field."""

    __slots__ = ()


class Float(float):
    """A FLOAT field (32 bits in the original; the value is kept as given)."""

    __slots__ = ()


class Char(str):
    """A CHAR field: one character."""

    __slots__ = ()


class Date(datetime):
    """A DATE field; the stored instant is kept whole, as DATETIME."""


class Time(datetime):
    """A TIME field; the stored instant is kept whole, as DATETIME."""


class Zoned(datetime):
    """A ZONED_DATETIME field: aware, and it keeps its zone."""


class ListMap(dict[str, "FieldValue"]):
    """A LIST_MAP field: ordered names with values, also reachable by index."""

    __slots__ = ()


@attrs.frozen
class Null:
    """A null whose type is not STRING."""

    type: FieldType


@attrs.frozen(eq=False)
class FileRef:
    """A FILE_REF field: a file that is opened when a destination copies it. ``info`` holds what is known of it."""

    open: Callable[[], BufferedIOBase]
    info: dict[str, "FieldValue"]
    buffer_size_bytes: int = 8192


FieldValue: TypeAlias = (
    "None | Null | bool | int | float | Decimal | str | bytes | datetime | FileRef"
    " | dict[str, FieldValue] | list[FieldValue]"
)
