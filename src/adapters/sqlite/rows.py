"""Values as columns: JSON text for what is never searched, and texts that no UTF-8 holds as bytes."""

import json
from typing import Any, TypeVar

import attrs
import cattrs

from ...core.errors import FormatError, InvalidValueError
from ...core.project import Environment, Job, JobRun, Parameter, ParameterSet, ProjectInfo
from ...core.values import JsonMap, freeze, thaw

Value = TypeVar("Value", ProjectInfo, Environment, Job, JobRun, ParameterSet)
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
        return json.dumps(_CONVERTER.unstructure(value), allow_nan=False, separators=(",", ":"))
    except (TypeError, ValueError) as error:
        raise InvalidValueError(type(value).__name__, str(error), "values that JSON can hold") from None


def from_json(cls: type[Value], text: str) -> Value:
    """The value that ``to_json`` was given.

    Raises:
        FormatError: the text holds another value, or one that is not whole; names every fault with its place.
    """
    try:
        return _CONVERTER.structure(json.loads(text), cls)
    except (cattrs.BaseValidationError, ValueError) as error:
        faults = "; ".join(cattrs.transform_error(error)) if isinstance(error, ExceptionGroup) else str(error)
        raise FormatError(f"the file's {cls.__name__}", "", faults) from None


def _json(value: object, _: object) -> Any:
    return freeze(value)


def _as_it_is(value: object, _: object) -> Any:
    return value


def _converter() -> cattrs.Converter:
    """Values to plain JSON and back; numbers keep their kind."""
    made = cattrs.Converter()
    made.register_unstructure_hook(JsonMap, thaw)
    made.register_structure_hook(JsonMap, _json)
    made.register_structure_hook(float, _as_it_is)
    # its value is any JSON, which no annotation can say to a converter
    made.register_unstructure_hook_func(_is_parameter, lambda value: thaw(JsonMap(attrs.asdict(value, recurse=False))))
    made.register_structure_hook_func(_is_parameter, lambda raw, _: Parameter(**_frozen(raw)))
    return made


def _is_parameter(kind: object) -> bool:
    return kind is Parameter


def _frozen(raw: object) -> dict[str, Any]:
    held = freeze(raw)
    return dict(held) if isinstance(held, JsonMap) else {}


_CONVERTER = _converter()
