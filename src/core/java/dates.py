"""``SimpleDateFormat``: dates to text and back, lenient, in English."""

from datetime import UTC, datetime, tzinfo
from functools import lru_cache

import attrs

from .calendar import to_millis
from .dateparse import CENTURY_START, DateParser
from .datepattern import DateField, cut_pattern
from .zones import LONG_NAMES, offset_minutes, zone_text

MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
WEEKDAYS = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")


@attrs.frozen
class SimpleDateFormat:
    """A date format by ``pattern``, in ``zone``; use `date_format` to get one from the cache.

    Raises: InvalidValueError when the pattern is not one.
    """

    pattern: str
    zone: tzinfo = UTC
    _parts: tuple[str | DateField, ...] = attrs.field(init=False, repr=False, eq=False)

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "_parts", cut_pattern(self.pattern))

    def format(self, moment: datetime) -> str:
        """The text of ``moment`` in the zone of the format."""
        local = moment.astimezone(self.zone)
        return "".join(part if isinstance(part, str) else _field_text(part, local) for part in self._parts)

    def parse(self, text: str, century_start: datetime = CENTURY_START) -> datetime:
        """The moment that ``text`` begins with, in UTC with milliseconds; what follows it is ignored.

        A year written ``yy`` with two digits is the one within a hundred years from ``century_start``.

        Raises: InvalidValueError when the text does not fit the pattern.
        """
        return DateParser(self.pattern, self._parts, text, century_start).parse(self.zone)


@lru_cache(maxsize=512)
def date_format(pattern: str, zone: tzinfo = UTC) -> SimpleDateFormat:
    """The format for ``pattern`` in ``zone``, made once."""
    return SimpleDateFormat(pattern, zone)


def _field_text(field: DateField, local: datetime) -> str:
    letter, count = field.letter, field.count
    if letter in "yY":
        year = local.year if letter == "y" else _week_of_year(local)[0]
        return f"{year % 100:02d}" if count == 2 else str(year).zfill(count)
    if letter in "ML" and count >= 3:
        name = MONTHS[local.month - 1]
        return name if count > 3 else name[:3]
    if letter == "E":
        name = WEEKDAYS[_weekday(local)]
        return name if count > 3 else name[:3]
    if letter in "GazZX":
        return _name_text(letter, count, local)
    return str(_number(letter, local)).zfill(count)


def _name_text(letter: str, count: int, local: datetime) -> str:
    if letter == "G":
        return "AD"
    if letter == "a":
        return "AM" if local.hour < 12 else "PM"
    if letter == "z":
        short = zone_text(local)
        return LONG_NAMES.get(short, short) if count > 3 else short
    return _offset_text(letter, count, offset_minutes(local))


def _offset_text(letter: str, count: int, minutes: int) -> str:
    if letter == "X" and minutes == 0:
        return "Z"
    sign = "-" if minutes < 0 else "+"
    hours, rest = divmod(abs(minutes), 60)
    if letter == "X" and count == 1:
        return f"{sign}{hours:02d}"
    return f"{sign}{hours:02d}:{rest:02d}" if letter == "X" and count == 3 else f"{sign}{hours:02d}{rest:02d}"


def _number(letter: str, local: datetime) -> int:
    match letter:
        case "M" | "L":
            return local.month
        case "d":
            return local.day
        case "H":
            return local.hour
        case "k":
            return local.hour or 24
        case "K":
            return local.hour % 12
        case "h":
            return local.hour % 12 or 12
        case "m":
            return local.minute
        case "s":
            return local.second
        case "S":
            return to_millis(local) % 1000
        case _:
            return _calendar_number(letter, local)


def _calendar_number(letter: str, local: datetime) -> int:
    match letter:
        case "D":
            return local.timetuple().tm_yday
        case "u":
            return local.isoweekday()
        case "F":
            return (local.day - 1) // 7 + 1
        case "w":
            return _week_of_year(local)[1]
        case _:
            first = local.toordinal() - local.day + 1
            return (local.day - 1 + first % 7) // 7 + 1


def _weekday(local: datetime) -> int:
    return local.toordinal() % 7


def _week_of_year(local: datetime) -> tuple[int, int]:
    """Week year and week as in the United States: weeks begin on Sunday, the one with 1 January is the first."""
    ordinal = local.toordinal()
    if local.month == 12 and local.day + 6 - _weekday(local) > 31:
        return local.year + 1, 1
    first = ordinal - local.timetuple().tm_yday + 1
    return local.year, (ordinal - first + first % 7) // 7 + 1
