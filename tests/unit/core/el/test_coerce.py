"""Promises of coercions: what a value becomes where another kind is wanted, and what operators make of any kind."""

import math
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from penstock.core.el import EvaluationError
from penstock.core.el.coerce import (
    arithmetic,
    as_decimal,
    as_double,
    as_int,
    as_long,
    as_truth,
    compared,
    equal,
    is_empty,
    item,
    negated,
)
from penstock.core.records.values import Char, FieldType, Float, Long, Null, Short

Coerce = Callable[[Any], Any]
NONE = Null(FieldType.LONG)
NAN = float("nan")
NO_TRUTH: tuple[object, ...] = (1, 1.0, Decimal(1), Char("t"), {}, [])
NO_NUMBERS: tuple[object, ...] = (True, "x", {}, [])


@pytest.mark.parametrize(
    ("to", "given", "made"),
    [
        *((to, nothing, zero) for to, zero in ((as_truth, False), (as_long, 0), (as_int, 0)) for nothing in (None, "")),
        *((to, nothing, zero) for to, zero in ((as_double, 0.0), (as_decimal, Decimal(0))) for nothing in (None, "")),
        *((to, NONE, zero) for to, zero in ((as_truth, False), (as_long, 0), (as_int, 0), (as_double, 0.0))),
        (as_decimal, NONE, Decimal(0)),
        (as_truth, True, True),
        (as_truth, "TRUE", True),
        (as_truth, "yes", False),
        (as_long, "-12", -12),
        (as_long, 2.9, 2),
        (as_long, NAN, 0),
        (as_long, math.inf, 2**63 - 1),
        (as_long, Decimal("2.9"), 2),
        (as_long, Char("a"), 97),
        (as_long, 2**63, -(2**63)),
        (as_int, "7", 7),
        (as_int, 2.9, 2),
        (as_int, 1e10, 2**31 - 1),
        (as_int, Char("7"), 55),
        (as_int, 2**31, -(2**31)),
        (as_double, " 1e3 ", 1000.0),
        (as_double, Char("a"), 97.0),
        (as_double, Short(3), 3.0),
        (as_double, Decimal("1.5"), 1.5),
        (as_decimal, "1.50", Decimal("1.50")),
        (as_decimal, Decimal("1.50"), Decimal("1.50")),
        (as_decimal, Char("a"), Decimal(97)),
        (as_decimal, 0.5, Decimal("0.5")),
        (as_decimal, Long(3), Decimal(3)),
    ],
)
def test_a_value_becomes_what_is_wanted(to: Coerce, given: object, made: object) -> None:
    """Nothing is false or nought, whatever its type was; numbers are cut or wrapped as Java does it."""
    found = to(given)
    assert (found, isinstance(found, bool), str(found)) == (made, isinstance(made, bool), str(made))


@pytest.mark.parametrize(
    ("to", "wrong"),
    [
        *((as_truth, wrong) for wrong in NO_TRUTH),
        *((to, wrong) for to in (as_long, as_int, as_double, as_decimal) for wrong in NO_NUMBERS),
        *((as_decimal, wrong) for wrong in (NAN, math.inf, -math.inf)),
        *((to, " 1 ") for to in (as_long, as_int, as_decimal)),
        *((as_int, wrong) for wrong in ("2.5", "3000000000")),
    ],
)
def test_what_has_no_such_form_is_an_error(to: Coerce, wrong: object) -> None:
    """Truth values are no numbers, and characters no truth values."""
    with pytest.raises(EvaluationError):
        to(wrong)


@pytest.mark.parametrize("sign", ["+", "-", "*", "/", "%"])
def test_two_nulls_make_nought(sign: str) -> None:
    """Of any type; with one of them the other counts."""
    assert arithmetic(sign, None, NONE) == 0
    assert arithmetic("+", NONE, 2) == arithmetic("+", 2, None) == 2


@pytest.mark.parametrize(
    ("sign", "left", "right", "made"),
    [
        ("+", 1, Decimal("0.5"), Decimal("1.5")),
        ("+", 1, "1.5", 2.5),
        ("+", "1.5", 1, 2.5),
        ("+", 1, Float(0.5), 1.5),
        ("-", "3", "1", Long(2)),
        ("*", Char("a"), 2, Long(194)),
        ("/", 1, -0.0, -math.inf),
        ("/", -1, 0, -math.inf),
        ("/", -1, -0.0, math.inf),
        ("%", 7, "2.5", 2.0),
        ("%", 7, Decimal(4), 3.0),
        ("%", -7, 4, Long(-3)),
        ("/", Decimal("0.0"), 3, Decimal("0.0")),
        ("+", Decimal("0E+6000"), Decimal(1), Decimal(1)),
    ],
)
def test_the_wider_of_two_kinds_is_reckoned_with(sign: str, left: object, right: object, made: object) -> None:
    """On either side."""
    found = arithmetic(sign, left, right)
    assert (found, type(found), str(found)) == (made, type(made), str(made))


@pytest.mark.parametrize(("left", "right"), [(0, 0), (NAN, 0), (0.0, -0.0), (NAN, 1), (1, NAN)])
def test_what_is_no_number_stays_none(left: float, right: float) -> None:
    """Nought by nought too, and the rest that nought or infinity leaves."""
    assert math.isnan(arithmetic("/", left, right))
    assert math.isnan(arithmetic("%", float(left), 0))
    assert math.isnan(arithmetic("%", math.inf, 2))


@pytest.mark.parametrize(
    ("sign", "left", "right"),
    [
        ("+", Decimal("1E+6000"), 1),
        ("*", 1, Decimal("1E-6000")),
        ("/", Decimal("1E+6000"), 1),
        ("/", 1, Decimal("1E+6000")),
        ("/", Decimal("0E-6000"), 1),
        ("%", 1, 0),
    ],
)
def test_digits_that_would_fill_the_memory_are_refused(sign: str, left: object, right: object) -> None:
    """Before they are made; so is the rest of a division by nought."""
    with pytest.raises(EvaluationError):
        arithmetic(sign, left, right)


@pytest.mark.parametrize(
    ("value", "made"),
    [(NONE, 0), (Char("a"), None), ("7", Long(-7)), ("1e1", -10.0), ({}, None), (Short(2), Short(-2))],
)
def test_a_sign_keeps_the_type(value: object, made: object) -> None:
    """What is no number has none."""
    if made is None:
        with pytest.raises(EvaluationError):
            negated(value)
        return
    found = negated(value)
    assert (found, type(found)) == (made, type(made))


def test_nulls_of_any_type_are_alike() -> None:
    """For comparisons and for what is empty."""
    assert equal(NONE, None)
    assert not equal(NONE, 0)
    assert compared("<=", NONE, None)
    assert not compared("<", NONE, None)
    nothing: list[object] = [NONE, "", [], {}, b""]
    assert all(map(is_empty, nothing))
    assert not any(map(is_empty, (0, False, [None])))


@pytest.mark.parametrize(
    ("lower", "upper"),
    [
        (1, 2),
        (1, Decimal("1.5")),
        (Decimal("1.5"), 2),
        ("1.4", Decimal("1.5")),
        (1, 1.5),
        (1.5, 2),
        (2.0, "10"),
        ("1.5", 2.0),
        (9, "10"),
        ("9", 10),
        (Char("a"), Char("b")),
        (Char("a"), "98"),
        ("96", Char("a")),
        ("10", "9"),
        (True, "u"),
        ("s", True),
        (False, True),
        (datetime(2024, 1, 1, tzinfo=UTC), datetime(2024, 1, 2, tzinfo=UTC)),
    ],
)
def test_two_values_are_ordered_as_the_wider_kind(lower: object, upper: object) -> None:
    """Decimal before double before whole number before text, whichever side it is on."""
    assert [compared(sign, lower, upper) for sign in ("<", "<=", ">", ">=")] == [True, True, False, False]
    assert [compared(sign, upper, lower) for sign in ("<", "<=", ">", ">=")] == [False, False, True, True]
    assert [compared(sign, lower, lower) for sign in ("<=", ">=")] == [True, True]
    assert not equal(lower, upper)


@pytest.mark.parametrize(("left", "right"), [({}, []), (True, datetime(2024, 1, 1, tzinfo=UTC)), (1, "x"), (1, {})])
def test_what_has_no_order_cannot_be_compared(left: object, right: object) -> None:
    """From neither side."""
    for one, other in ((left, right), (right, left)):
        with pytest.raises(EvaluationError):
            compared("<", one, other)


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [
        (1, 1.0, True),
        ("1.0", 1.0, True),
        (Decimal("1.0"), 1, False),
        (Decimal("1"), 1, True),
        ("1.50", Decimal("1.50"), True),
        (Char("a"), 97, True),
        (Char("a"), "97", True),
        (True, "TRUE", True),
        (FieldType.STRING, "STRING", True),
        (0, None, False),
        ({"a": 1}, {"a": 1}, True),
        (["a"], ["b"], False),
    ],
)
def test_equal_is_equal_from_both_sides(left: object, right: object, same: bool) -> None:
    """Of the wider kind too."""
    assert (equal(left, right), equal(right, left)) == (same, same)


@pytest.mark.parametrize(
    ("base", "index", "found"),
    [
        ([5, 6], 1, 6),
        ([5, 6], 2, None),
        ([5, 6], True, 6),
        ([5], NONE, None),
        ([5], "value", [5]),
        (NONE, 0, None),
        ({"a": 1}, "a", 1),
        ({"a": 1}, 1, None),
        ({"a": 1}, "value", {"a": 1}),
        ({"value": 2}, "value", 2),
        ("text", "value", "text"),
        (datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC), "time", Long(1000)),
    ],
)
def test_what_is_in_a_value_is_found_by_name_or_number(base: object, index: object, found: object) -> None:
    """A field is its own value."""
    assert item(base, index) == found


@pytest.mark.parametrize(
    ("base", "index"), [("text", "time"), (datetime(1970, 1, 1, tzinfo=UTC), "day"), (1, "length")]
)
def test_what_a_value_does_not_have_is_an_error(base: object, index: str) -> None:
    """It says what it is that has none."""
    with pytest.raises(EvaluationError, match=f"a value of kind {type(base).__name__} has no property '{index}'"):
        item(base, index)
