"""Fields as plain JSON, without their types."""

import base64
import json
import re
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from math import isfinite

import orjson

from ..java import java_string
from ..java.calendar import to_millis
from .values import Byte, FieldValue, FileRef, ListMap, Null, Zoned

OPTIONS = orjson.OPT_PASSTHROUGH_DATETIME
LEAST_USUAL, LEAST_LARGE = 1e-3, 1e7
"""Between them floating-point numbers are spelled alike by the original and by the library."""
_LONG = 1 << 63
_POINTS = re.compile(rb"\.(?:(?<=\d{8}\.)|(?<=0\.)(?<!\d0\.)000)")
"""The point of a number of ten million or more, and of one below a thousandth."""
_EXPONENT = b"+" if b"+" in orjson.dumps(1e300) else b"e"
_LARGE, _SMALL = re.compile(rb"\d(?:\.\d+)?e\+?\d"), re.compile(rb"-(?<=\de-)")
_CONTROLS = re.compile(rb"\\(?:u00([01][0-9a-f])|.)")
_DEEP: frozenset[type] = frozenset({dict, list, ListMap, Byte})


class NoJson(ValueError):
    """A field that has no place in JSON: a file, or one nested too deeply."""


def json_bytes(value: FieldValue) -> bytes:
    """A field as JSON: dates are milliseconds, zoned ones ISO texts, bytes and a BYTE base64; numbers as in Java.

    Raises:
        NoJson: a file in it, or nested too deeply.
    """
    try:
        made = orjson.dumps(value, special, OPTIONS)
    except (TypeError, ValueError, RecursionError) as error:
        if isinstance(error.__cause__, NoJson):
            raise error.__cause__ from None
        return _exactly(value)
    return made if is_usual(made, (value,)) and not _holds_byte(value) else _exactly(value)


def json_size(value: FieldValue) -> int:
    """About how many bytes ``json_bytes`` gives, in less time.

    Raises:
        NoJson: as for ``json_bytes``.
    """
    try:
        return len(orjson.dumps(value, special, OPTIONS))
    except (TypeError, ValueError, RecursionError):
        return len(json_bytes(value))


def is_usual(made: bytes | bytearray, values: Iterable[FieldValue]) -> bool:
    """False when something in the text that the library made of values may be spelled as the original does not spell
    it: large and small numbers, those that JSON does not have, control characters. Looks at many in little time.
    """
    return not (
        _POINTS.search(made)
        or (_EXPONENT in made and _LARGE.search(made))
        or (b"-" in made and b"e-" in made and _SMALL.search(made))
        or has_controls(made)
        or (b"null" in made and not all(map(_is_finite, values)))
    )


def has_controls(made: bytes | bytearray) -> bool:
    """True for a text with control characters, whose digits are capitals in the original."""
    return b"\\" in made and b"\\u00" in made


def special(value: object) -> object:
    """What stands for a field of a type that JSON lacks. Raises ``NoJson`` for a file."""
    if isinstance(value, FileRef):
        raise NoJson("a file reference cannot be written as JSON")
    if isinstance(value, Zoned):
        return java_string(value)
    if isinstance(value, datetime):
        return to_millis(value)
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, Decimal):
        return orjson.Fragment(str(value).encode()) if value.is_finite() else str(value)
    if isinstance(value, float):
        return orjson.Fragment(java_string(value).encode()) if isfinite(value) else java_string(value)
    return None if isinstance(value, Null) else java_string(value)


def _is_finite(value: FieldValue) -> bool:
    """False with a float in it that JSON does not have."""
    if isinstance(value, dict):
        return all(map(_is_finite, value.values()))
    if isinstance(value, list):
        return all(map(_is_finite, value))
    return not isinstance(value, float) or isfinite(value)


def _holds_byte(value: FieldValue) -> bool:
    """True with a BYTE in it, which is a number for the library."""
    kind = type(value)
    if kind is dict or kind is ListMap:
        return any(type(item) in _DEEP and _holds_byte(item) for item in value.values())  # type: ignore[union-attr]
    return any(map(_holds_byte, value)) if kind is list else kind is Byte  # type: ignore[arg-type]


def _exactly(value: FieldValue) -> bytes:
    """The text without the short cuts of the library."""
    try:
        made = orjson.dumps(_spelled(value), special, OPTIONS)
    except (TypeError, ValueError, RecursionError) as error:
        if isinstance(error.__cause__, NoJson):
            raise error.__cause__ from None
        raise NoJson("the field is nested too deeply, or holds what is no text") from None
    return _CONTROLS.sub(_in_capitals, made) if b"\\u00" in made else made


def _in_capitals(found: re.Match[bytes]) -> bytes:
    return b"\\u00" + found[1].upper() if found[1] else found[0]


def _spelled(value: FieldValue) -> object:
    if isinstance(value, dict):
        return {name.encode("utf-8", "replace").decode(): _spelled(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_spelled(item) for item in value]
    if isinstance(value, float):
        return special(value)
    if isinstance(value, Byte):
        return bytes((value & 255,))
    if isinstance(value, int) and not isinstance(value, bool) and not -_LONG <= value < 2 * _LONG:
        return orjson.Fragment(str(int(value)).encode())
    if isinstance(value, str) and not value.isascii():
        return orjson.Fragment(json.dumps(str(value), ensure_ascii=False).encode("utf-8", "surrogatepass"))
    return value
