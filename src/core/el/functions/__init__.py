"""Every function and constant that expressions may use."""

from ...records.values import FieldType
from . import aggregates, date_sums, dates, drift, fields, maths, others, records, strings  # noqa: F401
from .registry import Function, function, function_names

__all__ = ["CONSTANTS", "Function", "function", "function_names"]

_KINDS = "BOOLEAN BYTE BYTE_ARRAY CHAR DATE TIME DATETIME DECIMAL DOUBLE FLOAT LIST MAP LIST_MAP LONG SHORT STRING"
_UNITS = {
    "KB": 1000,
    "MB": 1_000_000,
    "GB": 1_000_000_000,
    "KiB": 1 << 10,
    "MiB": 1 << 20,
    "GiB": 1 << 30,
    "SECOND": 1,
    "MINUTE": 60,
    "HOUR": 216_000,
    "DAY": 5_184_000,
}
_LASTING = {"SECONDS": 1, "MINUTES": 60, "HOURS": 3600}

CONSTANTS: dict[str, object] = {
    "NULL": None,
    "NUMBER": FieldType.INTEGER,
    **{kind: FieldType[kind] for kind in _KINDS.split()},
    **_UNITS,
    **_LASTING,
}
"""Names that no parameter can replace. HOUR and DAY have the odd values of the original."""
