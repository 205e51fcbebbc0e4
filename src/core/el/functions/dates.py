"""``time:`` functions and the unprefixed date parts. The zone of the engine is UTC."""

import re
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

from ...errors import InvalidValueError
from ...java import date_format, java_zone, parse_long
from ...records.values import Long
from ..errors import EvaluationError
from ..scope import Scope
from .registry import named

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_STAMP = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2}) (\d{1,9}):(\d{1,9}):(\d{1,9})(?:\.(\d{1,9}))?\Z")
_BLANKS = "".join(map(chr, range(33)))


def moment(ms: int) -> datetime:
    """The date of epoch milliseconds.

    Raises:
        EvaluationError: beyond the years 1 to 9999.
    """
    try:
        return _EPOCH + timedelta(milliseconds=ms)
    except OverflowError:
        raise EvaluationError(f"{ms} ms is no date between the years 1 and 9999") from None


def millis(date: datetime) -> int:
    """Epoch milliseconds of a date."""
    return (date - _EPOCH) // timedelta(milliseconds=1)


def _zone(name: str) -> tzinfo:
    try:
        found = java_zone(name) if name else UTC
    except (InvalidValueError, ValueError, KeyError):
        raise EvaluationError(f"{name[:60]!r} is no time zone") from None
    if found is None:
        raise EvaluationError(f"{name[:60]!r} is no time zone")
    return found


named("time:now", scoped=True)(lambda scope: moment(scope.now_ms()))
named("time:millisecondsToDateTime", "L")(moment)
named("time:dateTimeToMilliseconds", "T")(lambda date: Long(0 if date is None else millis(date)))


@named("time:trimDate", "T")
def trim_date(date: datetime | None) -> datetime | None:
    """The time of day on the first day of the epoch."""
    return None if date is None else date.astimezone(UTC).replace(year=1970, month=1, day=1)


@named("time:trimTime", "T")
def trim_time(date: datetime | None) -> datetime | None:
    """The start of the day; milliseconds stay, as in the original."""
    return None if date is None else date.astimezone(UTC).replace(hour=0, minute=0, second=0)


@named("time:timeZoneOffset", "S", scoped=True)
def zone_offset(scope: Scope, zone: str) -> int:
    """How far a zone is ahead of UTC now, in milliseconds."""
    return _offset(moment(scope.now_ms()), zone)


@named("time:dateTimeZoneOffset", "TS", scoped=True)
def date_zone_offset(scope: Scope, date: datetime | None, zone: str) -> int:
    """How far a zone is ahead of UTC at a date, in milliseconds; without a date now."""
    return _offset(moment(scope.now_ms()) if date is None else date, zone)


def _offset(date: datetime, zone: str) -> int:
    try:
        shift = date.astimezone(_zone(zone)).utcoffset() or timedelta()
    except OverflowError:
        raise _beyond(date, zone) from None
    return Long(shift // timedelta(milliseconds=1))


def _beyond(date: datetime, zone: object) -> EvaluationError:
    return EvaluationError(f"{date.isoformat()} is no date between the years 1 and 9999 in {zone}")


def _formatted(date: datetime, pattern: str, zone: tzinfo = UTC) -> str:
    try:
        return date_format(pattern, zone).format(date)
    except InvalidValueError as error:
        raise EvaluationError(str(error)) from None
    except OverflowError:
        raise _beyond(date, zone) from None


@named("time:extractStringFromDate", "TS")
def text_of(date: datetime | None, pattern: str) -> str:
    """A date as text."""
    return "" if date is None or not pattern else _formatted(date, pattern)


@named("time:extractLongFromDate", "TS")
def number_of(date: datetime | None, pattern: str) -> int:
    """The digits of a date as text; 0 without date or pattern.

    Raises:
        EvaluationError: there are none, or too many.
    """
    if date is None or not pattern:
        return Long(0)
    digits = re.sub(r"[^0-9]", "", text_of(date, pattern))
    try:
        return Long(parse_long(digits))
    except InvalidValueError:
        raise EvaluationError(f"{digits[:60]!r} is no number of 64 bits") from None


@named("time:extractStringFromDateTZ", "TSS")
def text_in_zone(date: datetime | None, zone: str, pattern: str) -> str:
    """A date as text in a zone; empty for anything odd."""
    try:
        return "" if date is None or not pattern or not zone else _formatted(date, pattern, _zone(zone))
    except EvaluationError:
        return ""


@named("time:extractDateFromString", "SS")
def date_of(text: str, pattern: str) -> datetime | None:
    """The date in a text; null for an empty one."""
    if not text or not pattern:
        return None
    try:
        return date_format(pattern, UTC).parse(text)
    except (InvalidValueError, ValueError, OverflowError) as error:
        raise EvaluationError(f"{text[:60]!r} is no date of the form {pattern!r}: {error}") from None


@named("time:createDateFromStringTZ", "SSS")
def date_in_zone(text: str, zone: str, pattern: str) -> datetime | None:
    """The date in a text that is told in a zone; null for anything odd."""
    try:
        return date_format(pattern, _zone(zone)).parse(text) if text and pattern and zone else None
    except (InvalidValueError, EvaluationError, ValueError, OverflowError):
        return None


@named("time:extractNanosecondsFromString", "S")
def nanoseconds(text: str) -> str:
    """``<milliseconds>``, with ``<n><nanoseconds below>`` behind them where there are any; empty for an empty text.

    What is too large for its place counts on: the 30th of February, hour 25.
    """
    if not text:
        return ""
    found = _STAMP.match(text.strip(_BLANKS))
    if found is None:
        raise EvaluationError(f"{text[:60]!r} is no time of the form yyyy-mm-dd hh:mm:ss[.fff]")
    year, month, day, hours, minutes, seconds = map(int, found.groups()[:6])
    try:
        if not 1 <= day <= 31:
            raise ValueError
        whole = datetime(year, month, 1, tzinfo=UTC)
        whole += timedelta(days=day - 1, hours=hours, minutes=minutes, seconds=seconds)
    except (ValueError, OverflowError):
        raise EvaluationError(f"{text[:60]!r} is no moment of the years 1 to 9999") from None
    digits = (found.group(7) or "").ljust(9, "0")
    below = int(digits[3:])
    return f"{millis(whole) + int(digits[:3])}" + (f"<n>{below}" if below else "")


def _part(pattern: str) -> Any:
    def part(scope: Scope) -> str:
        at_ms = scope.now_ms() if scope.calendar_ms is None else scope.calendar_ms
        return date_format(pattern, UTC).format(moment(at_ms))

    return part


for _name, _pattern in {
    "YYYY": "yyyy",
    "YY": "yy",
    "MM": "MM",
    "DD": "dd",
    "hh": "HH",
    "mm": "mm",
    "ss": "ss",
    "SSS": "SSS",
}.items():
    named(_name, scoped=True)(_part(_pattern))


@named("every", "IS")
def every(count: int, unit: str) -> str:
    """The unit as it is: directory templates read the count themselves."""
    return unit
