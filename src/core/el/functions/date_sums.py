"""Adding to dates and taking them from one another, in units of the calendar (UTC)."""

import calendar
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from ...records.values import Long
from ..coerce import as_decimal
from ..errors import EvaluationError
from ..scope import Scope
from .dates import moment
from .registry import named

_MONTHS = {"YEAR": 12, "QUARTER": 3, "MONTH": 1}
_LENGTHS = {
    "DAY_OF_YEAR": timedelta(days=1),
    "DAY": timedelta(days=1),
    "WEEKDAY": timedelta(days=1),
    "WEEK": timedelta(weeks=1),
    "HOUR": timedelta(hours=1),
    "MINUTE": timedelta(minutes=1),
    "SECOND": timedelta(seconds=1),
    "MILLISECOND": timedelta(milliseconds=1),
}


def _unit(word: str) -> str:
    unit = word.strip().upper()
    if unit not in _MONTHS and unit not in _LENGTHS:
        raise EvaluationError(f"{word[:40]!r} is no unit; units: {', '.join([*_MONTHS, *_LENGTHS])}")
    return unit


def _later(date: datetime, months: int) -> datetime:
    """So many months later; the last day of the month where the day is not in it."""
    year, month = divmod(date.year * 12 + date.month - 1 + months, 12)
    day = min(date.day, calendar.monthrange(year, month + 1)[1])
    return date.replace(year=year, month=month + 1, day=day)


def _added(unit: str, amount: Decimal, date: datetime) -> datetime:
    try:
        if unit in _LENGTHS:
            ms = amount * Decimal(_LENGTHS[unit] / timedelta(milliseconds=1))
            return date + timedelta(milliseconds=int(ms))
        months = amount * _MONTHS[unit]
        made = _later(date, int(months))
        part = months - int(months)
        if not part:
            return made
        days = calendar.monthrange(made.year, made.month)[1]
        return made + timedelta(milliseconds=int(part * days * 86_400_000))
    except (OverflowError, ValueError, calendar.IllegalMonthError):
        raise EvaluationError(f"{amount} {unit} from {date:%Y-%m-%d} is no date of the years 1 to 9999") from None


@named("time:dateAddition", "SOT")
def date_addition(unit: str, amount: Any, date: datetime | None) -> datetime | None:
    """The date so many units later; a part of a year or quarter counts as months, of a month as days."""
    if date is None:
        return None
    return _added(_unit(unit), as_decimal(amount), date.astimezone(UTC))


@named("time:dateDifference", "STT")
def date_difference(unit: str, later: datetime | None, earlier: datetime | None) -> int:
    """How many whole units lie between two dates; negative when the first is the earlier one."""
    if later is None or earlier is None:
        raise EvaluationError("both dates are needed")
    unit, end, start = _unit(unit), later.astimezone(UTC), earlier.astimezone(UTC)
    if unit in _LENGTHS:
        between, length = end - start, _LENGTHS[unit]
        return Long(between // length if between >= timedelta() else -(-between // length))
    count = int(((end.year - start.year) * 12 + end.month - start.month) / _MONTHS[unit])
    step = 1 if end >= start else -1
    while count and _passes(unit, count, start, end):
        count -= step
    while not _passes(unit, count + step, start, end):
        count += step
    return Long(count)


def _passes(unit: str, count: int, start: datetime, end: datetime) -> bool:
    """True when so many units from the start lie behind the end, seen from there; what no year has lies behind all."""
    try:
        reached = _later(start, count * _MONTHS[unit])
    except ValueError:
        return True
    return reached > end if count > 0 else reached < end


@named("time:nowNanoTimestampString", scoped=True)
def now_nanos(scope: Scope) -> str:
    """The time to the nanosecond as text, ``yyyy-MM-dd HH:mm:ss.nnnnnnnnn``."""
    at_ns = scope.now_ms() * 1_000_000 if scope.now_ns is None else scope.now_ns()
    return f"{moment(at_ns // 1_000_000):%Y-%m-%d %H:%M:%S}.{at_ns % 1_000_000_000:09d}"
