"""What stages share that handle batches in rows: paths that are known before, and what becomes of refused rows."""

from collections.abc import Iterable
from typing import TypeAlias

from ..errors import InvalidValueError
from ..records.paths import parse_path
from ..records.rows import Rows
from ..records.values import FieldValue, Long
from .api import Out

Refused: TypeAlias = "tuple[int, str, str]"
"""Number of a row, error code, message."""
PLAIN: frozenset[type] = frozenset({str, int, float, bool, Long})
"""Types that are fields as they are."""


def names_of(path: str) -> tuple[str, ...] | None:
    """The steps of a path of names; None for any other path and for patterns."""
    if "*" in path or "?" in path or "${" in path:
        return None
    try:
        parts = parse_path(path)
    except InvalidValueError:
        return None
    names = tuple(part for part in parts if isinstance(part, str))
    return names if names and len(names) == len(parts) else None


def put_out_kept(rows: Rows, refused: Iterable[Refused], out: Out) -> None:
    """Refuses some rows and puts out the others."""
    gone: list[int] = []
    for number, code, message in refused:
        out.error(rows.record(number), code, message)
        gone.append(number)
    out.emit_rows(rows.without(gone))


def parent_of(value: FieldValue, names: tuple[str, ...]) -> FieldValue:
    """The map around a field; anything else where there is none."""
    for name in names[:-1]:
        value = value.get(name) if isinstance(value, dict) else None
    return value
