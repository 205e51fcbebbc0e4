"""Numbers as Java reads and narrows them: strict parsing, wrap-around of whole numbers, saturation of floats.

Source: the contracts of ``Long.parseLong``, ``Double.valueOf``, ``new BigDecimal(String)`` and of narrowing
primitive conversions in the Java language.
"""

import math
import re
import struct
from decimal import Decimal, InvalidOperation

from ..errors import InvalidValueError

LONG_MIN, LONG_MAX = -(1 << 63), (1 << 63) - 1
INT_MIN, INT_MAX = -(1 << 31), (1 << 31) - 1
MAX_DECIMAL_DIGITS = 5000

_WHOLE = re.compile(r"[+-]?\d{1,400}\Z")
_FLOATING = re.compile(
    r"(?P<sign>[+-]?)(?:(?P<name>NaN|Infinity)|(?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)[fFdD]?"
    r"|(?P<hex>0[xX](?:[0-9a-fA-F]+\.?[0-9a-fA-F]*|\.[0-9a-fA-F]+)[pP][+-]?[0-9]+)[fFdD]?)\Z"
)
_DECIMAL = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,10})?\Z")
_BLANKS = "".join(map(chr, range(33)))  # String.trim and Double.valueOf strip these, and only these


def wrap_long(value: int) -> int:
    """The low 64 bits of ``value`` as a signed number."""
    return ((value + (1 << 63)) & ((1 << 64) - 1)) - (1 << 63)


def wrap_int(value: int) -> int:
    """The low 32 bits of ``value`` as a signed number."""
    return ((value + (1 << 31)) & ((1 << 32) - 1)) - (1 << 31)


def wrap_bits(value: int, bits: int) -> int:
    """The low ``bits`` bits of ``value`` as a signed number."""
    half = 1 << (bits - 1)
    return ((value + half) & ((1 << bits) - 1)) - half


def float_to_long(value: float) -> int:
    """Truncated toward zero and held inside 64 bits; NaN is 0."""
    return _saturate(value, LONG_MIN, LONG_MAX)


def float_to_int(value: float) -> int:
    """Truncated toward zero and held inside 32 bits; NaN is 0."""
    return _saturate(value, INT_MIN, INT_MAX)


def _saturate(value: float, low: int, high: int) -> int:
    if value != value:
        return 0
    if value <= low:
        return low
    return high if value >= high else int(value)


def decimal_to_long(value: Decimal) -> int:
    """The low 64 bits of the whole part, as ``BigDecimal.longValue``."""
    if not value.is_finite():
        return 0
    _, digits, exponent = value.as_tuple()
    if isinstance(exponent, int) and exponent > 64:
        return 0  # ten to the 64th is a multiple of two to the 64th
    if isinstance(exponent, int) and -exponent > len(digits):
        return 0
    return wrap_long(int(value))


def to_float32(value: float) -> float:
    """The nearest 32 bit float, as a Python float; too large is an infinity."""
    try:
        return float(struct.unpack("<f", struct.pack("<f", value))[0])
    except OverflowError:
        return math.copysign(math.inf, value)


def parse_long(text: str) -> int:
    """The number in ``text``, which has a sign and decimal digits only.

    Raises: InvalidValueError when there is anything else, a blank included, or when it needs more than 64 bits.
    """
    return _parse_whole(text, "LONG", LONG_MIN, LONG_MAX)


def parse_int(text: str) -> int:
    """As `parse_long`, for 32 bits."""
    return _parse_whole(text, "INTEGER", INT_MIN, INT_MAX)


def parse_whole(text: str, what: str, bits: int) -> int:
    """As `parse_long`, for ``bits`` bits; ``what`` names the type in the error."""
    return _parse_whole(text, what, -(1 << (bits - 1)), (1 << (bits - 1)) - 1)


def _parse_whole(text: str, what: str, low: int, high: int) -> int:
    if _WHOLE.match(text):
        value = int(text)
        if low <= value <= high:
            return value
    raise InvalidValueError(what, text, f"a whole number from {low} to {high}, digits only")


def parse_double(text: str) -> float:
    """The number in ``text``: decimal or hexadecimal notation, ``NaN``, ``Infinity``, an ending d or f, outer blanks.

    Raises: InvalidValueError for anything else.
    """
    found = _FLOATING.match(text.strip(_BLANKS))
    if found is None:
        raise InvalidValueError("DOUBLE", text, "a number")
    if found["name"]:
        value = math.nan if found["name"] == "NaN" else math.inf
    elif found["number"]:
        value = float(found["number"])
    else:
        value = _hexadecimal(found["hex"])
    return -value if found["sign"] == "-" else value


def _hexadecimal(text: str) -> float:
    try:
        return float.fromhex(text)
    except OverflowError:
        return math.inf


def parse_float(text: str) -> float:
    """As `parse_double`, rounded to 32 bits."""
    return to_float32(parse_double(text))


def parse_decimal(text: str) -> Decimal:
    """The exact decimal in ``text``, scale kept; no blanks.

    Raises: InvalidValueError for anything else, or for more than 5,000 digits.
    """
    if len(text) > MAX_DECIMAL_DIGITS or not _DECIMAL.match(text):
        raise InvalidValueError("DECIMAL", text, f"a decimal number of at most {MAX_DECIMAL_DIGITS} digits")
    try:
        return Decimal(text)
    except InvalidOperation:
        raise InvalidValueError("DECIMAL", text, "an exponent inside the range of decimals") from None
