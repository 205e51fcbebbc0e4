"""Values as columns: JSON text for what is never searched, and texts that no UTF-8 holds as bytes."""

import json
from typing import Any, TypeVar

import attrs

from ...core.errors import InvalidValueError
from ...core.project import Environment, Job, JobRun, Parameter, ParameterSet, ProjectInfo, ValueSet
from ...core.values import JsonMap, freeze, thaw

Value = TypeVar("Value", ProjectInfo, Environment, Job, JobRun)
Column = str | bytes


def to_column(text: str) -> Column:
    """The text; as bytes where it holds half of a surrogate pair, which SQLite's texts cannot."""
    if text.isascii():
        return text
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")
    return text


def from_column(column: Column) -> str:
    """The text that ``to_column`` was given."""
    return column if isinstance(column, str) else column.decode("utf-8", "surrogatepass")


def to_json(value: attrs.AttrsInstance) -> str:
    """A value as JSON text, pure ASCII.

    Raises:
        InvalidValueError: something in it has no JSON form.
    """
    try:
        return json.dumps(attrs.asdict(value), default=_plain, allow_nan=False, separators=(",", ":"))
    except (TypeError, ValueError) as error:
        raise InvalidValueError(type(value).__name__, str(error), "values that JSON can hold") from None


def _plain(value: object) -> object:
    if isinstance(value, JsonMap):
        return thaw(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")


def from_json(cls: type[Value], text: str) -> Value:
    """The value that ``to_json`` was given."""
    return cls(**_parts(text))


def parameter_set_from_json(text: str) -> ParameterSet:
    """The parameter set that ``to_json`` was given."""
    parts = _parts(text)
    parameters = tuple(Parameter(**part) for part in parts.pop("parameters"))
    value_sets = tuple(ValueSet(**part) for part in parts.pop("value_sets"))
    return ParameterSet(**parts, parameters=parameters, value_sets=value_sets)


def _parts(text: str) -> dict[str, Any]:
    return dict(freeze(json.loads(text)).items())  # type: ignore[union-attr]
