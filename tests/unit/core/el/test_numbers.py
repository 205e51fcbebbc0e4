"""Promises of numbers in expressions at the edges of their kinds: zeros with a sign, halves, what has many digits."""

import math
from decimal import Decimal

import pytest

from penstock.core.el import EvaluationError
from penstock.core.records.values import Byte, FieldValue, Long, Short

from .test_functions import value

MANY = Decimal("1234567890123456789012345678901234567890.5")
ROOT: dict[str, FieldValue] = {
    "int": -(2**31),
    "wide": -(2**40),
    "long": Long(-(2**63)),
    "byte": Byte(-128),
    "short": Short(-(2**15)),
    "above": 2**31,
    "nan": float("nan"),
    "odd": 4503599627370497.0,
    "many": MANY,
    "dec": Decimal("1.50"),
    "decs": [MANY, Decimal("1.25")],
    "longs": [Long(2**63 - 1), Long(1)],
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("math:round(0.49999999999999994)", Long(0)),
        ("math:round(record:value('/odd'))", Long(4503599627370497)),
        ("math:round(-record:value('/odd'))", Long(-4503599627370497)),
        ("math:round(-0.5)", Long(0)),
        ("math:abs(record:value('/int'))", -(2**31)),
        ("math:abs(record:value('/wide'))", Long(2**40)),
        ("math:abs(record:value('/long'))", Long(-(2**63))),
        ("-record:value('/many')", MANY.copy_negate()),
        ("-record:value('/int')", -(2**31)),
        ("-record:value('/long')", Long(-(2**63))),
        ("-record:value('/byte')", Byte(-128)),
        ("-record:value('/short')", Short(-(2**15))),
        ("-record:value('/above')", Long(-(2**31))),
        ("sum(record:value('/decs'))", Decimal("1234567890123456789012345678901234567891.75")),
        ("sum(record:value('/longs'))", Long(-(2**63))),
    ],
)
def test_numbers_lose_no_digit(text: str, expected: object) -> None:
    """Halves are those of the number itself; decimals keep all digits; whole numbers wrap round in their kind."""
    found = value(text, dict(ROOT))
    assert (found, type(found)) == (expected, type(expected))


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("math:ceil(-0.5)", -1),
        ("math:ceil('-0.5')", -1),
        ("math:floor(-0.0)", -1),
        ("math:max(-0.0, 0.0)", 1),
        ("math:max(0.0, -0.0)", 1),
        ("math:min(0.0, -0.0)", -1),
    ],
)
def test_a_zero_of_doubles_has_a_sign(text: str, sign: int) -> None:
    """What is rounded to nought keeps it, and the negative one is less."""
    found = value(text)
    assert isinstance(found, float)
    assert (found, math.copysign(1, found)) == (0.0, sign)


@pytest.mark.parametrize("text", ["max(1.0, record:value('/nan'))", "min(1.0, record:value('/nan'))"])
def test_what_is_no_number_is_neither_more_nor_less(text: str) -> None:
    """Wherever it stands."""
    found = value(f"math:{text}", dict(ROOT))
    assert found != found


@pytest.mark.parametrize("text", ["'-0' * {}", "{} * -0.0", "-({} - {})", "'-0.001' / ({} * 2000)", "{} * '-0'"])
def test_a_zero_of_decimals_has_no_sign(text: str) -> None:
    """Neither as text nor in what comes of it."""
    found = value(text.replace("{}", "record:value('/dec')"), dict(ROOT))
    assert isinstance(found, Decimal)
    assert not str(found).startswith("-")


def test_a_quotient_may_have_as_many_digits_as_a_decimal() -> None:
    """More than Python turns into text by itself; beyond the bound it is an error."""
    assert value("record:value('/dec') / '1e-4999'", dict(ROOT)) == Decimal("1.50").scaleb(4999)
    with pytest.raises(EvaluationError, match="5000 digits"):
        value("record:value('/dec') / '1e-5001'", dict(ROOT))
