"""Fields as plain JSON, without their types."""

import base64
import json
from datetime import datetime
from decimal import Decimal
from math import isfinite

import orjson

from ..java import java_string
from ..java.calendar import to_millis
from .values import Byte, FieldValue, FileRef, Null, Zoned

OPTIONS = orjson.OPT_PASSTHROUGH_DATETIME
_LONG = 1 << 63


class NoJson(ValueError):
    """A field that has no place in JSON: a file, or one nested too deeply."""


def json_bytes(value: FieldValue) -> bytes:
    """A field as JSON: dates are milliseconds, zoned ones ISO texts, bytes base64, decimals numbers with all digits.

    Raises:
        NoJson: a file in it, or nested too deeply.
    """
    try:
        made = orjson.dumps(value, special, OPTIONS)
    except (TypeError, ValueError, RecursionError) as error:
        if isinstance(error.__cause__, NoJson):
            raise error.__cause__ from None
        return _any(value)
    return _any(value) if b"null" in made and not is_finite(value) else made


def exact_json(value: FieldValue) -> bytes:
    """As ``json_bytes``, with floating-point numbers in the digits of the original, and a BYTE as bytes. Slower.

    Raises:
        NoJson: as for ``json_bytes``.
    """
    try:
        return orjson.dumps(_exact(value), special, OPTIONS)
    except (TypeError, ValueError, RecursionError) as error:
        if isinstance(error.__cause__, NoJson):
            raise error.__cause__ from None
        raise NoJson("the field is nested too deeply, or holds what is no text") from None


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


def is_finite(value: FieldValue) -> bool:
    """False with a float in it that JSON does not have."""
    if isinstance(value, dict):
        return all(map(is_finite, value.values()))
    if isinstance(value, list):
        return all(map(is_finite, value))
    return not isinstance(value, float) or isfinite(value)


def _any(value: FieldValue) -> bytes:
    """The text of what the library does not write, or not so: numbers without end, large ones, halves of characters."""
    try:
        return orjson.dumps(_prepared(value), special, OPTIONS)
    except (TypeError, ValueError, RecursionError):
        raise NoJson("the field is nested too deeply, or holds what is no text") from None


def _exact(value: FieldValue) -> object:
    if isinstance(value, dict):
        return {name.encode("utf-8", "replace").decode(): _exact(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_exact(item) for item in value]
    if isinstance(value, float):
        return special(value)
    return bytes((value & 255,)) if isinstance(value, Byte) else _prepared(value)


def _prepared(value: FieldValue) -> object:
    if isinstance(value, dict):
        return {name.encode("utf-8", "replace").decode(): _prepared(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_prepared(item) for item in value]
    if isinstance(value, float) and not isfinite(value):
        return java_string(value)
    if isinstance(value, int) and not isinstance(value, bool) and not -_LONG <= value < 2 * _LONG:
        return orjson.Fragment(str(int(value)).encode())
    if isinstance(value, str) and not value.isascii():
        return orjson.Fragment(json.dumps(str(value), ensure_ascii=False).encode("utf-8", "surrogatepass"))
    return value
