"""Reading a date from text by the fields of a pattern, lenient as Java is."""

import re
from datetime import UTC, datetime, tzinfo

from ..errors import InvalidValueError
from .calendar import CalendarFields
from .datepattern import DateField
from .numbers import float_to_int, wrap_int
from .zones import LONG_NAMES, SHORT_NAMES

CENTURY_START = datetime(1946, 1, 1, tzinfo=UTC)  # used when no clock is at hand; Java takes now less 80 years

_MONTHS = ("january", "february", "march", "april", "may", "june", "july")
_MONTH_NAMES = (*_MONTHS, "august", "september", "october", "november", "december")
_WEEKDAY_NAMES = ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday")
_NUMBER = re.compile(r"-?\d{1,400}")
_RFC_ZONE = re.compile(r"([+-])(\d{1,2}):?(\d\d)?", re.ASCII)
_GMT_ZONE = re.compile(r"GMT(?:([+-])(\d{1,2}):?(\d\d)?)?", re.ASCII | re.IGNORECASE)
_ISO_ZONES = {
    1: re.compile(r"Z|([+-])(\d\d)", re.ASCII),
    2: re.compile(r"Z|([+-])(\d\d)(\d\d)", re.ASCII),
    3: re.compile(r"Z|([+-])(\d\d):(\d\d)", re.ASCII),
}
_PLAIN = {
    "d": "day",
    "H": "hour",
    "k": "hour",
    "K": "hour12",
    "h": "hour12",
    "m": "minute",
    "s": "second",
    "S": "ms",
    "D": "dayofyear",
    "F": "weekdayinmonth",
    "w": "week",
    "W": "weekofmonth",
    "u": "weekday",
    "M": "month",
    "L": "month",
    "y": "year",
    "Y": "weekyear",
}
# a number written as 24 or 12 o'clock is the zero of its range
_MIDNIGHTS = {"k": 24, "h": 12}


class DateParser:
    """One run over one text; make a new one for each."""

    def __init__(self, pattern: str, parts: tuple[str | DateField, ...], text: str, century_start: datetime) -> None:
        self.pattern, self.parts, self.text, self.century_start = pattern, parts, text, century_start
        self.at = 0
        self.fields = CalendarFields()
        self.zone: tzinfo = UTC

    def parse(self, zone: tzinfo) -> datetime:
        """The moment that the text begins with; ``zone`` counts where the text names none."""
        self.zone = zone
        for index, part in enumerate(self.parts):
            if isinstance(part, str):
                self._literal(part)
            else:
                following = self.parts[index + 1] if index + 1 < len(self.parts) else ""
                self._field(part, isinstance(following, DateField))
        if self.at == 0:
            raise self._fail()
        return self.fields.instant(zone)

    def _fail(self) -> InvalidValueError:
        return InvalidValueError(
            "date", self.text[:200], f"text of the form {self.pattern!r} (it differs at {self.at})"
        )

    def _literal(self, part: str) -> None:
        if not self.text.startswith(part, self.at):
            raise self._fail()
        self.at += len(part)

    def _field(self, field: DateField, abutting: bool) -> None:
        while self.at < len(self.text) and self.text[self.at] in " \t":
            self.at += 1
        if self.at >= len(self.text):
            raise self._fail()
        letter, count = field.letter, field.count
        if letter in "zZX":
            self._zone_field(letter, count)
        elif letter in "GaE" or (letter in "ML" and count >= 3):
            self._name_field(letter)
        else:
            self._number_field(letter, count, abutting)

    def _number_field(self, letter: str, count: int, abutting: bool) -> None:
        if abutting and self.at + count > len(self.text):
            raise self._fail()
        found = _NUMBER.match(self.text, self.at, self.at + count if abutting else len(self.text))
        if found is None:
            raise self._fail()
        digits = found[0]
        self.at = found.end()
        value = _int_value(digits)
        if letter in "yY" and count <= 2 and len(digits) == 2 and digits.isdecimal():
            value = self._full_year(value)
        elif letter in "ML":
            value -= 1
        elif letter == "u":
            value %= 7
        elif _MIDNIGHTS.get(letter) == value:
            value = 0
        self.fields.put(_PLAIN[letter], value)

    def _full_year(self, value: int) -> int:
        first = self.century_start.astimezone(self.zone).year
        year = first - first % 100 + value
        return year if year >= first else year + 100

    def _name_field(self, letter: str) -> None:
        if letter == "G":
            self.fields.put("era", self._one_of(("bc", "ad")))
        elif letter == "a":
            self.fields.put("half", self._one_of(("am", "pm")))
        elif letter == "E":
            self.fields.put("weekday", self._one_of(_WEEKDAY_NAMES))
        else:
            self.fields.put("month", self._one_of(_MONTH_NAMES))

    def _one_of(self, names: tuple[str, ...]) -> int:
        """The index of the name that the text goes on with, in full or by its first three letters."""
        ahead = self.text[self.at : self.at + 9].lower()
        for index, name in enumerate(names):
            if ahead.startswith(name):
                self.at += len(name)
                return index
        for index, name in enumerate(names):
            if ahead.startswith(name[:3]):
                self.at += len(name[:3])
                return index
        raise self._fail()

    def _zone_field(self, letter: str, count: int) -> None:
        patterns = (_ISO_ZONES[count],) if letter == "X" else (_RFC_ZONE, _GMT_ZONE)
        for pattern in patterns:
            found = pattern.match(self.text, self.at)
            if found:
                self.at = found.end()
                self.fields.offset_minutes = self._offset(found)
                return
        self._named_zone()

    def _offset(self, found: re.Match[str]) -> int:
        groups = found.groups()
        if not groups[0]:
            return 0
        hours, minutes = int(groups[1]), int(groups[2] or 0) if len(groups) > 2 else 0
        if hours > 23 or minutes > 59:
            raise self._fail()
        return (hours * 60 + minutes) * (-1 if groups[0] == "-" else 1)

    def _named_zone(self) -> None:
        ahead = self.text[self.at : self.at + 40].upper()
        for short, long in LONG_NAMES.items():
            if ahead.startswith(long.upper()):
                self._use_zone(long, SHORT_NAMES[short])
                return
        for name in sorted(SHORT_NAMES, key=len, reverse=True):
            if ahead.startswith(name):
                self._use_zone(name, SHORT_NAMES[name])
                return
        raise self._fail()

    def _use_zone(self, name: str, minutes: int) -> None:
        self.at += len(name)
        self.fields.offset_minutes = minutes


def _int_value(digits: str) -> int:
    """``Number.intValue`` of what Java's number format reads: a long when it fits, a double beyond."""
    value = int(digits)
    return (
        wrap_int(value) if -(1 << 63) <= value < 1 << 63 else float_to_int(float(value) if len(digits) < 300 else 1e300)
    )
