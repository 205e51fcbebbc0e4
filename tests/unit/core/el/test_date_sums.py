"""Promises about adding to dates."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from penstock.core.el import EvaluationError, Scope, compile_text
from penstock.core.records.record import Record

WORDS = "YEAR QUARTER MONTH DAY_OF_YEAR DAY WEEKDAY WEEK HOUR MINUTE SECOND MILLISECOND"
UNITS = tuple(WORDS.split())
DATES = st.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1)).map(
    lambda at: at.replace(microsecond=at.microsecond // 1000 * 1000, tzinfo=UTC)
)


def value(text: str, **fields: object) -> object:
    """The value of an expression."""
    return compile_text(text)(Scope(record=Record(dict(fields))))  # type: ignore[arg-type]


@given(st.sampled_from(UNITS), st.integers(-300, 300), DATES)
def test_adding_and_taking_away_gives_the_amount_back(unit: str, amount: int, date: datetime) -> None:
    """The sign follows the order."""
    added = value(f"${{time:dateAddition('{unit}', {amount}, record:value('/d'))}}", d=date)
    assert (
        value(f"${{time:dateDifference('{unit}', record:value('/a'), record:value('/d'))}}", a=added, d=date) == amount
    )


@pytest.mark.parametrize(
    ("unit", "amount", "expected"),
    [
        ("YEAR", "1.5", datetime(2014, 7, 15, 2, tzinfo=UTC)),
        ("QUARTER", "4.5", datetime(2014, 3, 1, 2, tzinfo=UTC)),
        ("MONTH", "12.5", datetime(2014, 1, 30, 14, tzinfo=UTC)),
        ("WEEK", "1.5", datetime(2013, 1, 25, 14, tzinfo=UTC)),
        ("MILLISECOND", "100.5", datetime(2013, 1, 15, 2, tzinfo=UTC) + timedelta(milliseconds=100)),
    ],
)
def test_parts_of_units_count(unit: str, amount: str, expected: datetime) -> None:
    """Of a year and a quarter as months, of a month as days of that month."""
    start = datetime(2013, 1, 15, 2, tzinfo=UTC)
    assert value(f"${{time:dateAddition('{unit}', {amount}, record:value('/d'))}}", d=start) == expected


@pytest.mark.parametrize(
    ("unit", "later", "earlier", "number"),
    [
        ("YEAR", "2024-02-28", "2020-02-29", 3),
        ("YEAR", "2020-02-29", "2024-02-29", -4),
        ("QUARTER", "2020-12-31", "2020-01-01", 3),
        ("MONTH", "2020-03-30", "2020-01-31", 1),
        ("WEEK", "2020-01-14", "2020-01-01", 1),
        ("DAY", "2020-01-01", "2020-01-03", -2),
        ("HOUR", "2020-01-02", "2020-01-01", 24),
        ("YEAR", "9999-12-31", "2020-01-01", 7979),
        ("MONTH", "9999-12-31", "9999-01-31", 11),
        ("QUARTER", "0001-01-01", "9999-12-31", -39995),
        ("YEAR", "2020-06-01", "2020-06-01", 0),
    ],
)
def test_a_difference_is_of_whole_units(unit: str, later: str, earlier: str, number: int) -> None:
    """Negative where the first date is the earlier one."""
    dates = {name: datetime.fromisoformat(text).replace(tzinfo=UTC) for name, text in (("l", later), ("e", earlier))}
    assert value(f"${{time:dateDifference('{unit}', record:value('/l'), record:value('/e'))}}", **dates) == number


def test_dates_that_are_none_have_no_sum_or_difference() -> None:
    """A null stays null when something is added; between nulls lies nothing, and no year is behind the last."""
    assert value("${time:dateAddition('DAY', 1, record:value('/none'))}") is None
    for text in (
        "time:dateDifference('DAY', record:value('/none'), time:now())",
        "time:dateAddition('YEAR', 9999, time:now())",
    ):
        with pytest.raises(EvaluationError):
            value(f"${{{text}}}")


def test_an_unknown_unit_is_named_with_the_known_ones() -> None:
    """The error lists the units."""
    with pytest.raises(EvaluationError, match="QUARTER"):
        value("${time:dateAddition('FORTNIGHT', 1, record:value('/d'))}", d=datetime(2000, 1, 1, tzinfo=UTC))


def test_the_time_in_nanoseconds_is_text() -> None:
    """Of the scope's own clock, where it has one."""
    assert compile_text("${time:nowNanoTimestampString()}")(Scope(now_ns=lambda: 1_500_000_001)) == (
        "1970-01-01 00:00:01.500000001"
    )
