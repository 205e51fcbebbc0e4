"""``math:`` functions: results keep the kind of their argument."""

import math
from typing import Any

from ...errors import InvalidValueError
from ...java import parse_double, parse_long, wrap_int, wrap_long
from ...java.kinds import kind_of
from ...records.values import Char, FieldType, Float, Long
from ..errors import EvaluationError
from .registry import named


def _number(value: Any) -> Any:
    if isinstance(value, str) and not isinstance(value, Char):
        try:
            return parse_double(value) if "." in value else Long(parse_long(value))
        except InvalidValueError:
            raise EvaluationError(f"{value[:60]!r} is no number") from None
    if isinstance(value, bool) or type(value) not in (int, Long, float, Float):
        raise EvaluationError(f"{type(value).__name__} is no kind of number that math functions take")
    return value


def _is_float(value: Any) -> bool:
    return isinstance(value, float)


@named("math:abs", "O")
def absolute(value: Any) -> Any:
    """The size without sign; the smallest whole number has none and stays as it is."""
    if value is None:
        return None
    number = _number(value)
    if _is_float(number):
        return type(number)(abs(number))
    return wrap_int(abs(number)) if kind_of(number) is FieldType.INTEGER else Long(wrap_long(abs(number)))


def _rounded(value: Any, how: Any) -> float | None:
    if value is None:
        return None
    number = _number(value)
    if type(number) is not float:
        raise EvaluationError("only doubles can be rounded up or down")
    return math.copysign(how(number), number) if math.isfinite(number) else number


@named("math:ceil", "O")
def ceil(value: Any) -> float | None:
    """The next whole double above."""
    return _rounded(value, math.ceil)


@named("math:floor", "O")
def floor(value: Any) -> float | None:
    """The next whole double below."""
    return _rounded(value, math.floor)


def _half_up(number: float) -> int:
    below = math.floor(number)
    return below + (number - below >= 0.5)


@named("math:round", "O")
def rounded(value: Any) -> int | None:
    """The nearest whole number, halves upwards: LONG of a double, INTEGER of a float."""
    if value is None:
        return None
    number = _number(value)
    if not _is_float(number):
        raise EvaluationError("only floats and doubles can be rounded")
    bits = 31 if isinstance(number, Float) else 63
    if number != number:
        whole = 0
    else:
        whole = _half_up(float(number)) if math.isfinite(number) else (1 << 70) * (1 if number > 0 else -1)
    whole = max(-(1 << bits), min((1 << bits) - 1, whole))
    return whole if isinstance(number, Float) else Long(whole)


def _pick(one: Any, other: Any, choose: Any) -> Any:
    if one is None or other is None:
        return None
    left, right = _number(one), _number(other)
    if type(left) is not type(right):
        raise EvaluationError(f"{type(left).__name__} and {type(right).__name__} are not of one kind")
    if isinstance(left, Float):
        raise EvaluationError("floats cannot be compared here")
    if left != left or right != right:
        return left + right
    return choose(left, right, key=_order)


def _order(number: Any) -> tuple[Any, float]:
    """By size; of the two zeros of floats the negative one is less."""
    return number, math.copysign(1, number)


named("math:max", "OO")(lambda one, other: _pick(one, other, max))
named("math:min", "OO")(lambda one, other: _pick(one, other, min))
