"""Coercions and operators, as the original evaluator has them."""

import math
from datetime import datetime
from decimal import MAX_EMAX, MIN_EMIN, Context, Decimal
from fractions import Fraction
from typing import Any

from ..errors import InvalidValueError
from ..java import java_string, parse_decimal, parse_double, parse_int, parse_long, wrap_int, wrap_long
from ..java.calendar import to_millis
from ..java.kinds import kind_of
from ..java.numbers import decimal_to_long, float_to_int, float_to_long, wrap_bits
from ..records.values import Byte, Char, FieldType, Long, Null, Short
from .errors import EvaluationError

MAX_DIGITS = 5000
_WHOLE: dict[FieldType, tuple[type[int], int]] = {
    FieldType.BYTE: (Byte, 8),
    FieldType.SHORT: (Short, 16),
    FieldType.INTEGER: (int, 32),
    FieldType.LONG: (Long, 64),
}
_EXACT = Context(prec=4 * MAX_DIGITS, Emax=MAX_EMAX, Emin=MIN_EMIN)


def plain(value: Any) -> Any:
    """Typed nulls are null."""
    return None if isinstance(value, Null) else value


def as_text(value: Any) -> str:
    """The string form; null is empty."""
    value = plain(value)
    if value is None:
        return ""
    return value if type(value) is str else java_string(value)


def as_truth(value: Any) -> bool:
    """A truth value: null and empty are false, texts are true when they say so.

    Raises:
        EvaluationError: numbers, characters, dates, maps.
    """
    value = plain(value)
    if isinstance(value, bool):
        return value
    if value is None or (isinstance(value, str) and not value):
        return False
    if isinstance(value, str) and not isinstance(value, Char):
        return value.lower() == "true"
    raise EvaluationError(f"{_shown(value)} is no truth value")


def as_long(value: Any) -> int:
    """A 64 bit whole number; null and empty are 0.

    Raises:
        EvaluationError: a text that is none, or another kind.
    """
    value = plain(value)
    if value is None or (isinstance(value, str) and not value):
        return Long(0)
    if isinstance(value, bool):
        raise EvaluationError("a truth value is no number")
    if isinstance(value, Char):
        return Long(ord(value[0]))
    if isinstance(value, str):
        return Long(_parsed(parse_long, value))
    if isinstance(value, float):
        return Long(float_to_long(value))
    if isinstance(value, Decimal):
        return Long(decimal_to_long(value))
    if isinstance(value, int):
        return Long(wrap_long(value))
    raise EvaluationError(f"{_shown(value)} is no number")


def as_int(value: Any) -> int:
    """A 32 bit whole number: texts must tell one, other numbers are narrowed."""
    value = plain(value)
    if isinstance(value, float):
        return float_to_int(value)
    if isinstance(value, str) and value and not isinstance(value, Char):
        return int(_parsed(parse_int, value))
    return wrap_int(as_long(value))


def as_double(value: Any) -> float:
    """A float; null and empty are 0."""
    value = plain(value)
    if value is None or value == "":
        return 0.0
    if isinstance(value, bool):
        raise EvaluationError("a truth value is no number")
    if isinstance(value, str):
        return float(ord(value[0])) if isinstance(value, Char) else _parsed(parse_double, value)
    if isinstance(value, (int, float, Decimal)):
        return float(value)
    raise EvaluationError(f"{_shown(value)} is no number")


def as_decimal(value: Any) -> Decimal:
    """A decimal; null and empty are 0, other numbers what their double is exactly."""
    value = plain(value)
    if value is None or (isinstance(value, str) and not value):
        return Decimal(0)
    if isinstance(value, Decimal):
        return value
    if isinstance(value, Char):
        return Decimal(ord(value[0]))
    if isinstance(value, str):
        return _unsigned_zero(_parsed(parse_decimal, value))
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        number = float(value)
        if number != number or number in (math.inf, -math.inf):
            raise EvaluationError(f"{java_string(number)} is no decimal")
        return _unsigned_zero(Decimal(number))
    raise EvaluationError(f"{_shown(value)} is no number")


def _unsigned_zero(value: Decimal) -> Decimal:
    """The decimal itself: the original's have no negative zero."""
    return value if value else value.copy_abs()


def _parsed(parser: Any, text: str) -> Any:
    try:
        return parser(text)
    except (InvalidValueError, ValueError):
        raise EvaluationError(f"{text[:60]!r} is no number") from None


def _looks_float(value: Any) -> bool:
    if isinstance(value, str) and not isinstance(value, Char):
        return any(sign in value for sign in ".eE")
    return isinstance(value, float)


def arithmetic(sign: str, left: Any, right: Any) -> Any:
    """``+ - * / %`` by the kinds of the operands; both null give 0.

    Raises:
        EvaluationError: an operand is no number, or a whole number is divided with rest by 0.
    """
    left, right = plain(left), plain(right)
    if left is None and right is None:
        return 0
    decimal = isinstance(left, Decimal) or isinstance(right, Decimal)
    if sign == "/":
        return _decimal_quotient(left, right) if decimal else _quotient(as_double(left), as_double(right))
    if sign == "%":
        if decimal or _looks_float(left) or _looks_float(right):
            return _float_rest(as_double(left), as_double(right))
        return _whole_rest(as_long(left), as_long(right))
    if decimal:
        return _exactly(sign, as_decimal(left), as_decimal(right))
    if _looks_float(left) or _looks_float(right):
        return _apply(sign, as_double(left), as_double(right))
    return Long(wrap_long(_apply(sign, int(as_long(left)), int(as_long(right)))))


def _apply(sign: str, left: Any, right: Any) -> Any:
    if sign == "+":
        return left + right
    return left - right if sign == "-" else left * right


def _quotient(left: float, right: float) -> float:
    if right == 0:
        if left == 0 or left != left:
            return float("nan")  # one of its own: the same object would be equal to itself
        return math.copysign(math.inf, left) * math.copysign(1, right)
    return left / right


def _exactly(sign: str, left: Decimal, right: Decimal) -> Decimal:
    _bound(left, right)
    if sign == "*":
        return _unsigned_zero(_EXACT.multiply(left, right))
    return _EXACT.add(left, right) if sign == "+" else _EXACT.subtract(left, right)


def _bound(*values: Decimal) -> None:
    """Refuses decimals whose digits would fill the memory."""
    if any(value and abs(value.adjusted()) > MAX_DIGITS for value in values):
        raise EvaluationError(f"a decimal of more than {MAX_DIGITS} digits")


def _decimal_quotient(left: Any, right: Any) -> Decimal:
    upper, lower = as_decimal(left), as_decimal(right)
    if lower == 0:
        raise EvaluationError("a decimal is divided by zero")
    _bound(upper, lower)
    exponent = int(upper.as_tuple().exponent)
    _bound(Decimal(1).scaleb(exponent))
    quotient = Fraction(upper) / Fraction(lower) / Fraction(10) ** exponent
    digits = (abs(quotient.numerator) * 2 + quotient.denominator) // (quotient.denominator * 2)
    return _unsigned_zero(_EXACT.scaleb(Decimal(-digits if quotient < 0 else digits), exponent))


def _float_rest(left: float, right: float) -> float:
    if right == 0 or math.isinf(left) or left != left or right != right:
        return float("nan")
    return math.fmod(left, right)


def _whole_rest(left: int, right: int) -> int:
    if right == 0:
        raise EvaluationError("a whole number is divided by zero")
    rest = abs(int(left)) % abs(int(right))
    return Long(-rest if left < 0 else rest)


def negated(value: Any) -> Any:
    """Unary minus: the kind stays, and the smallest whole number of one is its own negative."""
    value = plain(value)
    if value is None:
        return 0
    if isinstance(value, str) and not isinstance(value, Char):
        return -as_double(value) if _looks_float(value) else Long(wrap_long(-as_long(value)))
    if isinstance(value, bool) or not isinstance(value, (int, float, Decimal)):
        raise EvaluationError(f"{_shown(value)} is no number")
    if isinstance(value, Decimal):
        return _unsigned_zero(value.copy_negate())
    whole = _WHOLE.get(kind_of(value))
    if whole is None or isinstance(value, float):
        return type(value)(-value)
    make, bits = whole
    return make(wrap_bits(-value, bits))


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def compared(sign: str, left: Any, right: Any) -> bool:
    """``< > <= >=``; with a null everything is false, except that two nulls are as large as each other."""
    left, right = plain(left), plain(right)
    if left is right:
        return sign in ("<=", ">=")
    if left is None or right is None:
        return False
    lower, upper = _comparable(left, right)
    if sign == "<":
        return bool(lower < upper)
    if sign == ">":
        return bool(lower > upper)
    return bool(lower <= upper if sign == "<=" else lower >= upper)


def _comparable(left: Any, right: Any) -> tuple[Any, Any]:
    if isinstance(left, Decimal) or isinstance(right, Decimal):
        return as_decimal(left), as_decimal(right)
    if isinstance(left, float) or isinstance(right, float):
        return as_double(left), as_double(right)
    if any(_is_whole(each) or isinstance(each, Char) for each in (left, right)):
        return as_long(left), as_long(right)
    if isinstance(left, str) or isinstance(right, str):
        return as_text(left), as_text(right)
    if any(isinstance(left, kind) and isinstance(right, kind) for kind in (datetime, bool)):
        return left, right
    raise EvaluationError(f"{_shown(left)} and {_shown(right)} cannot be compared")


def equal(left: Any, right: Any) -> bool:
    """``==``: decimals with their scale, numbers by value, truth values, texts, then the values themselves."""
    left, right = plain(left), plain(right)
    if left is right:
        return True
    if left is None or right is None:
        return False
    if isinstance(left, Decimal) or isinstance(right, Decimal):
        return as_decimal(left).as_tuple() == as_decimal(right).as_tuple()
    if isinstance(left, float) or isinstance(right, float):
        return as_double(left) == as_double(right)
    if any(_is_whole(each) or isinstance(each, Char) for each in (left, right)):
        return as_long(left) == as_long(right)
    if isinstance(left, bool) or isinstance(right, bool):
        return as_truth(left) == as_truth(right)
    if isinstance(left, str) or isinstance(right, str):
        return as_text(left) == as_text(right)
    return bool(left == right)


def is_empty(value: Any) -> bool:
    """``empty``: null, "" and collections without elements."""
    value = plain(value)
    return value is None or (isinstance(value, (str, list, dict, bytes)) and len(value) == 0)


def _index(value: Any) -> int:
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, str) and not value:
        raise EvaluationError("an empty text is no index")
    return as_int(value)


def item(base: Any, index: Any) -> Any:
    """``base[index]``: null base and missing keys give null; ``.value`` of a field is its value."""
    base, index = plain(base), plain(index)
    if base is None or index is None:
        return None
    if isinstance(base, dict):
        return base.get(index, base if index == "value" else None) if isinstance(index, str) else None
    if isinstance(base, list) and index != "value":
        at = _index(index)
        return base[at] if 0 <= at < len(base) else None
    if index == "value":
        return base
    if index == "time" and isinstance(base, datetime):
        return Long(to_millis(base))
    raise EvaluationError(f"{_shown(base)} has no property {as_text(index)!r}")


def _shown(value: Any) -> str:
    return f"a value of kind {type(value).__name__}"
