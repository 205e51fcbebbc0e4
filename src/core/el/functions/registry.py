"""Functions by name, with the kinds of their parameters."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, TypeVar

import attrs

from ...records.values import Zoned
from ..coerce import as_double, as_int, as_long, as_text, as_truth, plain
from ..errors import EvaluationError

Call = TypeVar("Call", bound=Callable[..., Any])


def _date(value: Any) -> datetime | None:
    value = plain(value)
    if value is None or (isinstance(value, str) and not value):
        return None
    if isinstance(value, datetime) and not isinstance(value, Zoned):
        return value
    raise EvaluationError("expected a date")


class PlainMap(dict[str, Any]):
    """A map that a function made, without an order of its own: as a field it is a MAP, not a LIST_MAP."""


def _collection(kind: type, expected: str) -> Callable[[Any], Any]:
    def coerced(value: Any) -> Any:
        value = plain(value)
        if value is None or (isinstance(value, str) and not value):
            return None
        if isinstance(value, kind):
            return value
        raise EvaluationError(f"expected {expected}, not a value of kind {type(value).__name__}")

    return coerced


_COERCIONS: dict[str, Callable[[Any], Any]] = {
    "S": as_text,
    "I": as_int,
    "L": as_long,
    "D": as_double,
    "B": as_truth,
    "T": _date,
    "A": _collection(list, "a list"),
    "M": _collection(dict, "a map"),
    "O": plain,
}


@attrs.frozen
class Function:
    """One function.

    ``parameters`` has a letter per argument: S text, I and L whole numbers, D float, B truth, T date, A list, M map,
    O any value. ``scoped`` functions get the scope as their first argument.
    """

    name: str
    parameters: str
    call: Callable[..., Any]
    scoped: bool = False

    def coercion(self, at: int) -> Callable[[Any], Any]:
        """What turns an argument into the kind of the parameter."""
        return _COERCIONS[self.parameters[at]]


_functions: dict[str, Function] = {}


def named(name: str, parameters: str = "", *, scoped: bool = False) -> Callable[[Call], Call]:
    """Makes a Python function a function of the language."""

    def register(call: Call) -> Call:
        _functions[name] = Function(name, parameters, call, scoped)
        return call

    return register


def function(name: str) -> Function | None:
    """The function with this name."""
    return _functions.get(name)


def function_names() -> Mapping[str, Function]:
    """Every function by name."""
    return _functions
