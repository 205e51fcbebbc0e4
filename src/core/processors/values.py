"""What several processors need: the type of a result, and the text of a field."""

import re
from datetime import datetime
from typing import Any

from ..java import java_string
from ..java.kinds import kind_of
from ..records.convert import text_code
from ..records.fields import Notes, set_field
from ..records.paths import UnreachablePathError
from ..records.record import Record, copy_value
from ..records.values import Date, FieldType, FieldValue, FileRef, ListMap, Null, Time, Zoned
from .api import RecordFault


def as_field(value: Any) -> FieldValue:
    """The result of an expression as a field of its own.

    The type is that of the value in the original: a MAP read from a record comes as LIST_MAP, every kind of date as
    DATETIME; what has no type of its own becomes its text.
    """
    if isinstance(value, (dict, list)):
        made = copy_value(value)
        return ListMap(made) if type(value) is dict and isinstance(made, dict) else made
    if isinstance(value, (Zoned, FieldType, FileRef)):
        return java_string(value)
    if isinstance(value, (Date, Time)):
        return datetime.combine(value.date(), value.timetz())
    found: FieldValue = value
    return found


def null_of(existing: FieldValue) -> FieldValue:
    """The null that keeps the type of a field."""
    kind = kind_of(existing)
    return None if kind is FieldType.STRING else Null(kind)


def text_of(value: FieldValue, path: str) -> str | None:
    """The text of a field; None for null.

    Raises:
        RecordFault: maps, lists, bytes and files have none; the code tells which.
    """
    code = text_code(value)
    if code is not None:
        raise RecordFault(code, f"field {path} of type {kind_of(value).name} cannot be read as text")
    if value is None or isinstance(value, Null):
        return None
    return value if isinstance(value, str) else java_string(value)


_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def without_controls(text: str) -> str:
    """The text without control characters other than tabs and line ends."""
    return _CONTROLS.sub("", text)


def place(record: Record, path: str, value: FieldValue, code: str, notes: Notes | None = None) -> None:
    """Sets a field of a record, with the attributes that it brings.

    Raises:
        RecordFault: with ``code``, when the parent is not there.
    """
    try:
        set_field(record, path, value, notes)
    except UnreachablePathError:
        raise RecordFault(code, f"the parent of field {path} is not there") from None
