"""What the aggregation of the Field Mapper may do with the fields that were mapped to one path."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from ...java import wrap_long
from ...java.kinds import kind_of
from ...records.values import FieldType, Long
from ..coerce import arithmetic, plain
from ..errors import EvaluationError
from .registry import named

_WHOLE = (FieldType.INTEGER, FieldType.LONG)
SMALLEST = 5e-324
_NUMBERS = (*_WHOLE, FieldType.FLOAT, FieldType.DOUBLE, FieldType.DECIMAL)


class Mapped(list[Any]):
    """Fields with the paths that they had."""

    def __init__(self, values: list[Any], paths: list[str]) -> None:
        super().__init__(values)
        self.paths = paths


def _aggregated(values: Any, join: Callable[[Any, Any], Any]) -> Any:
    if not values:
        return Long(0)
    kinds = {kind_of(value) for value in values}
    if len(kinds) > 1:
        raise EvaluationError(f"the fields have different types: {', '.join(sorted(kind.name for kind in kinds))}")
    kind = kinds.pop()
    if any(plain(value) is None for value in values):
        raise EvaluationError("a field is null")
    if kind not in _NUMBERS:
        raise EvaluationError(f"fields of type {kind.name} cannot be aggregated")
    made = values[0]
    for value in values[1:]:
        made = join(made, value)
    return Long(wrap_long(made)) if kind in _WHOLE else made if isinstance(made, Decimal) else float(made)


named("sum", "A")(lambda values: _aggregated(values, lambda one, other: arithmetic("+", one, other)))
named("min", "A")(lambda values: _aggregated(values, min))


@named("max", "A")
def largest(values: Any) -> Any:
    """The largest field; among floats never less than the smallest positive one, where the original starts."""
    made = _aggregated(values, max)
    return max(made, SMALLEST) if isinstance(made, float) else made


@named("asFields", "A")
def as_fields(values: Any) -> list[Any]:
    """The values that are not null."""
    return [value for value in values or () if plain(value) is not None]


@named("map", "AO")
def mapped(values: Any, change: Any) -> list[Any]:
    """What a function makes of every field."""
    if not callable(change):
        raise EvaluationError("the second argument of map must be previousPath() or fieldByPreviousPath()")
    paths = values.paths if isinstance(values, Mapped) else [""] * len(values or ())
    return [change(value, path) for value, path in zip(values or (), paths, strict=True)]


named("previousPath")(lambda: lambda _value, path: path)
named("fieldByPreviousPath")(lambda: lambda value, path: {path: value})
