"""Fields as values of a type, where a schema wants that type: the rules by which the original reads fields."""

from datetime import datetime
from decimal import Decimal, InvalidOperation

from ..java import date_format, java_string
from ..java.calendar import from_millis, to_millis
from ..java.numbers import (
    decimal_to_long,
    float_to_int,
    float_to_long,
    parse_decimal,
    parse_double,
    parse_whole,
    wrap_bits,
)
from .values import FieldValue

_TEXT_DATE = "yyyy-MM-dd'T'HH:mm'Z'"


class TypeFault(ValueError):
    """A field that has no value of that type; ``code`` is that of the original."""

    def __init__(self, code: str, value: object, wanted: str) -> None:
        super().__init__(code, value, wanted)
        self.code, self.value, self.wanted = code, value, wanted

    def __str__(self) -> str:
        return f"{self.code} - {str(self.value)[:80]!r} is no {self.wanted}"


def as_whole(value: FieldValue, bits: int = 32) -> int:
    """A whole number of so many bits: texts are read strictly, larger numbers wrap around, floating ones saturate.

    Moments are milliseconds when 64 bits are wanted. Raises ``TypeFault``.
    """
    wanted = "LONG" if bits == 64 else "INTEGER"
    code = "API_11" if bits == 64 else "API_17"
    if isinstance(value, datetime) and bits == 64:
        return to_millis(value)
    if isinstance(value, bool) or not isinstance(value, (int, float, Decimal, str)):
        raise TypeFault(code, value, wanted)
    try:
        if isinstance(value, str):
            return parse_whole(value, wanted, bits)
        if isinstance(value, int):
            return wrap_bits(int(value), bits)
        if isinstance(value, Decimal):
            return wrap_bits(decimal_to_long(value), bits)
        return float_to_long(value) if bits == 64 else wrap_bits(float_to_int(value), bits)
    except ValueError:
        raise TypeFault(code, value, wanted) from None


def as_floating(value: FieldValue) -> float:
    """A floating number. Raises ``TypeFault``."""
    if isinstance(value, bool) or not isinstance(value, (int, float, Decimal, str)):
        raise TypeFault("API_09", value, "DOUBLE")
    try:
        return parse_double(value) if isinstance(value, str) else float(value)
    except (ValueError, OverflowError):
        raise TypeFault("API_09", value, "DOUBLE") from None


def as_decimal(value: FieldValue) -> Decimal:
    """An exact number; a floating one as it is written. Raises ``TypeFault``."""
    if isinstance(value, bool) or not isinstance(value, (int, float, Decimal, str)):
        raise TypeFault("API_08", value, "DECIMAL")
    try:
        if isinstance(value, Decimal):
            return value
        return parse_decimal(value if isinstance(value, str) else java_string(value))
    except (ValueError, InvalidOperation):
        raise TypeFault("API_08", value, "DECIMAL") from None


def as_boolean(value: FieldValue) -> bool:
    """True for ``true`` in any case, and for numbers that are not 0. Raises ``TypeFault``."""
    if isinstance(value, bool):
        return value
    if isinstance(value, str):
        return value.lower() == "true"
    if isinstance(value, (int, float, Decimal)):
        return value != 0
    raise TypeFault("API_01", value, "BOOLEAN")


def as_moment(value: FieldValue) -> datetime:
    """A moment; whole numbers are milliseconds, texts are of the form ``2024-01-31T10:59Z``. Raises ``TypeFault``."""
    if isinstance(value, datetime):
        return value
    try:
        if isinstance(value, int) and not isinstance(value, bool):
            return from_millis(value)
        if isinstance(value, str):
            return date_format(_TEXT_DATE).parse(value)
    except (ValueError, OverflowError):
        raise TypeFault("API_06", value, "DATE") from None
    raise TypeFault("API_07", value, "DATE")


def as_bytes(value: FieldValue) -> bytes:
    """Bytes, which nothing else can become. Raises ``TypeFault``."""
    if isinstance(value, bytes):
        return value
    raise TypeFault("API_02", value, "BYTE_ARRAY")


def as_text(value: FieldValue) -> str:
    """The text of anything but maps, lists, bytes and files. Raises ``TypeFault``."""
    if isinstance(value, (str, bool, int, float, Decimal, datetime)):
        return java_string(value)
    raise TypeFault("API_18", value, "STRING")
