"""What several processors need: the type of a result, and the text of a field."""

from typing import Any

from ..java import java_string
from ..java.kinds import kind_of
from ..records.paths import UnreachablePathError, put
from ..records.record import Record
from ..records.values import FieldType, FieldValue, Null, Zoned
from .api import RecordFault

_COLLECTIONS = (FieldType.MAP, FieldType.LIST, FieldType.LIST_MAP, FieldType.BYTE_ARRAY, FieldType.FILE_REF)


def as_field(value: Any) -> FieldValue:
    """The result of an expression as a field: what has no type of its own becomes its text."""
    if isinstance(value, (Zoned, FieldType)):
        return java_string(value)
    found: FieldValue = value
    return found


def null_of(existing: FieldValue) -> FieldValue:
    """The null that keeps the type of a field."""
    kind = kind_of(existing)
    return None if kind is FieldType.STRING else Null(kind)


def text_of(value: FieldValue, path: str) -> str | None:
    """The text of a field; None for null.

    Raises:
        RecordFault: maps, lists, bytes and files have none.
    """
    if value is None or isinstance(value, Null):
        return None
    kind = kind_of(value)
    if kind in _COLLECTIONS:
        raise RecordFault("API_18", f"field {path} of type {kind.name} cannot be read as text")
    return value if isinstance(value, str) else java_string(value)


def place(record: Record, path: str, value: FieldValue, code: str) -> None:
    """Sets a field of a record.

    Raises:
        RecordFault: with ``code``, when the parent is not there.
    """
    try:
        record.value = put(record.value, path, value)
    except UnreachablePathError:
        raise RecordFault(code, f"the parent of field {path} is not there") from None
