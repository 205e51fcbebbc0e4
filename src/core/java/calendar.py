"""A lenient calendar: fields in the order they were set become one day and one time of day, as Java resolves them.

The calendar is Gregorian throughout; Java switches to the Julian calendar before 15 October 1582.
"""

import math
from datetime import UTC, datetime, timedelta, timezone, tzinfo

import attrs

from ..errors import InvalidValueError

MONTH_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_SECOND = timedelta(seconds=1)


@attrs.define
class CalendarFields:
    """Values of calendar fields; what was set later wins where two contradict."""

    values: dict[str, int] = attrs.field(factory=dict)
    stamps: dict[str, int] = attrs.field(factory=dict)
    offset_minutes: int | None = None

    def put(self, field: str, value: int) -> None:
        """Set one field: year, weekyear, month (from 0), day, weekday (0 is Sunday), hour, half, hour12 …"""
        self.values[field] = value
        self.stamps[field] = len(self.stamps) + max(self.stamps.values(), default=0) + 1

    def instant(self, zone: tzinfo) -> datetime:
        """The moment, in UTC with milliseconds, when read in ``zone`` (or in the offset that was set).

        Raises: InvalidValueError outside the years 1 to 9999.
        """
        try:
            midnight = datetime.fromordinal(self._ordinal())
            wall = midnight + timedelta(milliseconds=self._time_ms())
            if self.offset_minutes is not None:
                return wall.replace(tzinfo=timezone(timedelta(minutes=self.offset_minutes))).astimezone(UTC)
            return _from_wall(wall, zone)
        except (ValueError, OverflowError):
            raise InvalidValueError("date", dict(self.values), "a moment between the years 1 and 9999") from None

    def _time_ms(self) -> int:
        values = self.values
        return ((self._hour() * 60 + values.get("minute", 0)) * 60 + values.get("second", 0)) * 1000 + values.get(
            "ms", 0
        )

    def _hour(self) -> int:
        stamp = self.stamps.get
        twelve = max(stamp("hour12", 0), stamp("half", 0)) if stamp("hour12") and stamp("half") else 0
        if stamp("hour", 0) >= twelve and stamp("hour"):
            return self.values["hour"]
        return self.values.get("hour12", 0) + 12 * self.values.get("half", 0)

    def _ordinal(self) -> int:
        values, stamp = self.values, self.stamps.get
        if stamp("weekyear", 0) > stamp("year", 0):
            return _week_date(values["weekyear"], values.get("week", 1), values.get("weekday", 0))
        year = values.get("year", 1970)
        if values.get("era", 1) == 0:
            year = 1 - year
        return self._ordinal_in(year)

    def _ordinal_in(self, year: int) -> int:
        values = self.values
        match self._date_rule():
            case "day":
                return _first_of_month(year, values.get("month", 0)) + values.get("day", 1) - 1
            case "weekofmonth":
                start = _first_week(_first_of_month(year, values.get("month", 0)))
                return _on_weekday(start, values.get("weekday")) + 7 * (values.get("weekofmonth", 1) - 1)
            case "weekdayinmonth":
                return _weekday_in_month(
                    year, values.get("month", 0), values.get("weekday", 0), values.get("weekdayinmonth", 1)
                )
            case "dayofyear":
                return _first_of_month(year, 0) + values["dayofyear"] - 1
            case _:
                return _week_date(year, values.get("week", 1), values.get("weekday", 0))

    def _date_rule(self) -> str:
        """Which group of fields tells the day: the one whose newest member was set last."""
        stamp = self.stamps.get
        weekday = stamp("weekday", 0)

        def both(field: str) -> int:
            return max(stamp(field, 0), weekday) if stamp(field) and weekday else 0

        rules = {
            "day": stamp("day", 0),
            "weekofmonth": both("weekofmonth"),
            "weekdayinmonth": both("weekdayinmonth"),
            "dayofyear": stamp("dayofyear", 0),
            "week": both("week"),
        }
        if not any(rules.values()):
            in_month = max(stamp("weekdayinmonth", 0), weekday)
            rules = {"weekofmonth": stamp("weekofmonth", 0), "weekdayinmonth": in_month, "week": stamp("week", 0)}
        best = max(rules, key=lambda rule: rules[rule])
        return best if rules[best] else "day"


def _first_of_month(year: int, month: int) -> int:
    year, month = year + month // 12, month % 12
    return datetime(year, month + 1, 1).toordinal()


def _on_or_before(ordinal: int, weekday: int) -> int:
    return ordinal - (ordinal - weekday) % 7


def _first_week(first: int) -> int:
    """The Sunday on or before ``first``: weeks begin on Sunday and the first one may be short (en_US)."""
    return _on_or_before(first, 0)


def _on_weekday(sunday: int, weekday: int | None) -> int:
    return sunday + (weekday or 0)


def _week_date(year: int, week: int, weekday: int) -> int:
    return _on_weekday(_first_week(_first_of_month(year, 0)), weekday) + 7 * (week - 1)


def _weekday_in_month(year: int, month: int, weekday: int, nth: int) -> int:
    first = _first_of_month(year, month)
    if nth >= 0:
        return _on_or_before(first + 7 * nth - 1, weekday)
    return _on_or_before(_first_of_month(year, month + 1) + 7 * (nth + 1) - 1, weekday)


def _from_wall(wall: datetime, zone: tzinfo) -> datetime:
    """The moment of a wall clock reading: a skipped hour goes forward, a repeated one is the second (as in Java)."""
    early, late = wall.replace(tzinfo=zone, fold=0), wall.replace(tzinfo=zone, fold=1)
    before, after = early.utcoffset(), late.utcoffset()
    chosen = late if before is not None and after is not None and before > after else early
    return chosen.astimezone(UTC)


def to_millis(moment: datetime) -> int:
    """Milliseconds since 1970, rounded down."""
    return math.floor((moment - _EPOCH) / timedelta(milliseconds=1))


def from_millis(millis: int) -> datetime:
    """The moment ``millis`` milliseconds after 1970, in UTC.

    Raises: InvalidValueError outside the years 1 to 9999.
    """
    try:
        return _EPOCH + timedelta(milliseconds=millis)
    except OverflowError:
        raise InvalidValueError("date", millis, "a moment between the years 1 and 9999") from None


def instant_of(wall: datetime, zone: tzinfo) -> datetime:
    """The moment at which the clocks of ``zone`` show ``wall``, which has no zone itself."""
    return _from_wall(wall.replace(tzinfo=None), zone)


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
