"""``DateTimeFormatter`` for moments with a zone: patterns such as ``yyyy-MM-dd HH:mm:ss.SSSX``, in English."""

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import lru_cache

import attrs

from ..errors import InvalidValueError
from .dates import MONTHS, WEEKDAYS
from .text import zoned_text
from .zones import offset_minutes, region, zone_text

MAX_CHARS = 1000
ISO_ZONED, ISO_OFFSET = "ISO_ZONED_DATE_TIME", "ISO_OFFSET_DATE_TIME"
_ISO = re.compile(
    r"(?P<date>\d{4}-\d\d-\d\d)[Tt](?P<time>\d\d:\d\d(?::\d\d)?)(?:(?<=:\d\d)\.(?P<part>\d{1,9}))?"
    r"(?P<offset>[Zz]|[+-]\d\d(?::\d\d){0,2})(?:\[(?P<zone>[^\]]+)\])?\Z",
    re.ASCII,
)
_NUMBERS = {
    "M": "month",
    "L": "month",
    "d": "day",
    "H": "hour",
    "k": "hour",
    "m": "minute",
    "s": "second",
    "h": "hour12",
    "K": "hour12",
    "y": "year",
    "u": "year",
    "D": "dayofyear",
}
_PARTS = re.compile(r"'((?:[^']|'')*)'|([A-Za-z])\2*|\[|\]|.", re.DOTALL)


@attrs.frozen
class _Part:
    """A literal text (``count`` is 0), a bracket, or so many of a letter."""

    text: str
    count: int = 0


def format_zoned(value: datetime, pattern: str) -> str:
    """The text of a moment; ``pattern`` may be the name of one of the two ISO formats.

    Raises: InvalidValueError for a pattern with letters that are not known.
    """
    if pattern == ISO_ZONED:
        return zoned_text(value)
    if pattern == ISO_OFFSET:
        return zoned_text(value).partition("[")[0]
    return "".join(_format(part, value) for part in _cut(pattern))


def parse_zoned(text: str, pattern: str) -> datetime:
    """The moment that a whole text tells, in its zone.

    Raises: InvalidValueError when it does not fit, or date or zone are not told.
    """
    if pattern in (ISO_ZONED, ISO_OFFSET):
        return _parse_iso(text, pattern)
    return _Reader(text, pattern).moment()


def _fail(text: str, pattern: str) -> InvalidValueError:
    return InvalidValueError("zoned date", text[:200], f"text of the form {pattern}")


def _parse_iso(text: str, pattern: str) -> datetime:
    found = _ISO.match(text)
    if found is None or (found["zone"] and pattern == ISO_OFFSET):
        raise _fail(text, pattern)
    zone = region(found["zone"] or found["offset"].upper())
    if zone is None:
        raise InvalidValueError("zone", found["zone"], "the name of a time zone")
    try:
        offset = "+00:00" if found["offset"] in "Zz" else found["offset"]
        at = datetime.fromisoformat(f"{found['date']}T{found['time']}{offset}")
    except ValueError:
        raise _fail(text, pattern) from None
    return at.replace(microsecond=int((found["part"] or "").ljust(6, "0")[:6])).astimezone(zone)


@lru_cache(maxsize=256)
def _cut(pattern: str) -> tuple[_Part, ...]:
    if len(pattern) > MAX_CHARS or pattern.replace("''", "").count("'") % 2:
        raise InvalidValueError("zoned date format", pattern[:200], "closed quotes and at most 1000 characters")
    parts: list[_Part] = []
    for found in _PARTS.finditer(pattern):
        piece = found[0]
        if found[2]:
            if piece[0] not in "GyuDMLQdEeaKkhHmsSAnNVzOXxZw":
                raise InvalidValueError("zoned date format", pattern[:200], f"no letter {piece[0]!r}")
            parts.append(_Part(piece[0], len(piece)))
        elif piece == "''":
            parts.append(_Part("'"))
        elif piece.startswith("'"):
            parts.append(_Part(found[1].replace("''", "'")))
        else:
            parts.append(_Part(piece, -1 if piece in "[]" else 0))
    return tuple(parts)


def _format(part: _Part, at: datetime) -> str:
    letter, count = part.text, part.count
    if count <= 0:
        return "" if count else letter
    if letter in "yu":
        return f"{at.year % 100:02d}" if count == 2 else str(at.year).zfill(count)
    if letter in "ML" and count >= 3:
        return MONTHS[at.month - 1][: 3 if count == 3 else None]
    if letter == "e" and count < 3:
        return str(at.toordinal() % 7 + 1).zfill(count)
    if letter in "Ee":
        return WEEKDAYS[at.toordinal() % 7][: None if count == 4 else 3]
    if letter in "SnN":
        nanos = f"{at.microsecond * 1000:09d}"
        return nanos[:count] if letter == "S" else str(int(nanos)).zfill(count)
    if letter in "XxZOzV":
        return _format_zone(letter, count, at)
    words = {"a": "AM" if at.hour < 12 else "PM", "G": "AD", "Q": str((at.month + 2) // 3)}
    return words[letter] if letter in words else str(_number(letter, at)).zfill(count)


def _number(letter: str, at: datetime) -> int:
    hour12 = at.hour % 12
    return {
        "M": at.month,
        "L": at.month,
        "d": at.day,
        "D": at.timetuple().tm_yday,
        "H": at.hour,
        "k": at.hour or 24,
        "K": hour12,
        "h": hour12 or 12,
        "m": at.minute,
        "s": at.second,
    }.get(letter, 0)


def _format_zone(letter: str, count: int, at: datetime) -> str:
    if letter == "V":
        return getattr(at.tzinfo, "key", "") or _offset(at, ":", zero="Z")
    if letter == "z":
        return zone_text(at)
    if letter == "O":
        told = _offset(at, ":")
        short = told[0] + told[1:].removeprefix("0").removesuffix(":00")
        return "GMT" if told == "+00:00" else f"GMT{told if count == 4 else short}"
    zero = "Z" if letter == "X" or (letter == "Z" and count == 5) else ""
    colon = ":" if (count in (3, 5) and letter != "Z") or count == 5 else ""
    told = _offset(at, colon, zero=zero)
    return told[:3] if count == 1 and letter in "Xx" and told.endswith("00") else told


def _offset(at: datetime, colon: str, zero: str = "") -> str:
    minutes = offset_minutes(at)
    if not minutes and zero:
        return zero
    hours, rest = divmod(abs(minutes), 60)
    return f"{'-' if minutes < 0 else '+'}{hours:02d}{colon}{rest:02d}"


class _Reader:
    """One run over one text."""

    def __init__(self, text: str, pattern: str) -> None:
        self.text, self.pattern, self.at = text, pattern, 0
        self.values: dict[str, int] = {}
        self.zone: tzinfo | None = None
        self.offset: tzinfo | None = None

    def moment(self) -> datetime:
        """The moment that the text tells."""
        self._all(list(_cut(self.pattern)))
        if self.at != len(self.text):
            raise _fail(self.text, self.pattern)
        zone = self.zone or self.offset
        try:
            made = datetime(*self._date(), *self._time(), tzinfo=self.offset or zone)
        except (KeyError, ValueError, TypeError):
            raise _fail(self.text, self.pattern) from None
        if zone is None:
            raise _fail(self.text, self.pattern)
        return made.astimezone(zone)

    def _date(self) -> tuple[int, int, int]:
        values = self.values
        if "dayofyear" in values:
            day = datetime(values["year"], 1, 1) + timedelta(days=values["dayofyear"] - 1)
            return day.year, day.month, day.day
        return values["year"], values["month"], values["day"]

    def _time(self) -> tuple[int, int, int, int]:
        values = self.values
        if "hour12" in values and "half" in values:
            values["hour"] = values["hour12"] % 12 + 12 * values["half"]
        return values["hour"] % 24, values.get("minute", 0), values.get("second", 0), values.get("micros", 0)

    def _all(self, parts: list[_Part]) -> None:
        while parts:
            part = parts.pop(0)
            if part.count < 0 and part.text == "[":
                depth, end = 1, 0
                while depth and end < len(parts):
                    depth += {"[": 1, "]": -1}.get(parts[end].text, 0) if parts[end].count < 0 else 0
                    end += 1
                self._maybe(parts[: end - 1])
                del parts[:end]
            elif part.count >= 0:
                self._one(part, abutting=bool(parts) and parts[0].count > 0 and parts[0].text in _NUMBERS)

    def _maybe(self, parts: list[_Part]) -> None:
        held = self.at, dict(self.values), self.zone, self.offset
        try:
            self._all(parts)
        except InvalidValueError:
            self.at, self.values, self.zone, self.offset = held

    def _one(self, part: _Part, *, abutting: bool) -> None:
        letter, count = part.text, part.count
        if not count:
            self._take(re.escape(letter))
        elif letter in "ML" and count >= 3:
            self.values["month"] = 1 + self._word(MONTHS, short=count == 3)
        elif letter == "E" or (letter == "e" and count > 2):
            self._word(WEEKDAYS, short=count != 4)
        elif letter == "a":
            self.values["half"] = self._word(("AM", "PM"), short=False)
        elif letter == "G":
            self._word(("BC", "AD"), short=False)
        elif letter in "SnN":
            digits = self._take(rf"\d{{{count}}}" if letter == "S" else r"\d{1,9}")
            nanos = digits.ljust(9, "0") if letter == "S" else digits
            self.values["micros"] = int(nanos[:9]) // 1000
        elif letter in "XxZOzV":
            self._zone(letter, count)
        else:
            self._digits(letter, count, abutting=abutting)

    def _digits(self, letter: str, count: int, *, abutting: bool) -> None:
        if letter in "yu" and count != 2:
            wide = r"\d{4}" if abutting else rf"\d{{{count},10}}"
        else:
            wide = r"\d{1,10}" if count == 1 and not abutting else rf"\d{{{count}}}"
        value = int(self._take(wide))
        if letter in "yu" and count == 2:
            value += 2000
        self.values[_NUMBERS.get(letter, letter)] = value

    def _take(self, pattern: str) -> str:
        found = re.compile(pattern, re.ASCII).match(self.text, self.at)
        if found is None:
            raise _fail(self.text, self.pattern)
        self.at = found.end()
        return found[0]

    def _word(self, words: tuple[str, ...], *, short: bool) -> int:
        for number, word in enumerate(words):
            if self.text.startswith(word[:3] if short else word, self.at):
                self.at += len(word[:3] if short else word)
                return number
        raise _fail(self.text, self.pattern)

    def _zone(self, letter: str, count: int) -> None:
        if letter in "zV":
            self.zone = region(self._take(r"[A-Za-z0-9_+/:-]+"))
            if self.zone is None:
                raise _fail(self.text, self.pattern)
            return
        if letter == "O":
            self._take("GMT")
        zulu = "Z|" if letter == "X" or (letter == "Z" and count == 5) else ""
        told = self._take(rf"{zulu}[+-]\d\d(?::?\d\d)?") if letter != "O" else self._take(r"(?:[+-]\d\d?(?::\d\d)?)?")
        if told in ("Z", ""):
            self.offset = UTC
            return
        hours, _, minutes = told[1:].partition(":")
        shift = timedelta(hours=int(hours[:2]), minutes=int(minutes or hours[2:4] or 0))
        if shift >= timedelta(hours=24):
            raise _fail(self.text, self.pattern)
        self.offset = timezone(-shift if told[0] == "-" else shift)
