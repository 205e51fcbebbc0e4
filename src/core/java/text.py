"""The string forms that Java gives to values: ``5.0``, ``1.0E10``, ``Thu Jan 01 00:00:00 UTC 1970``."""

from collections.abc import Callable
from datetime import UTC, datetime, tzinfo
from decimal import Decimal
from zoneinfo import ZoneInfo

from ..records.values import Byte, Char, Date, FieldType, FileRef, Float, Long, Short, Time, Zoned
from .kinds import kind_of, plain
from .numbers import to_float32
from .zones import zone_text

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def java_string(value: object, zone: tzinfo = UTC) -> str:
    """What ``String.valueOf`` gives for ``value``; null is ``null``; dates are told in ``zone``.

    Maps and lists are written as maps and lists of fields. Byte arrays have no useful form in Java; here ``[B``.
    """
    if type(value) is str:
        return value
    form = _FORMS.get(type(value))
    return form(value, zone) if form is not None else _other(value, zone)


def double_text(value: float) -> str:
    """``Double.toString``: plain between 0.001 and ten million, scientific outside."""
    if value != value:
        return "NaN"
    size = abs(value)
    if 1e-3 <= size < 1e7:
        return repr(float(value))
    if value in (0.0, float("inf"), float("-inf")):
        return {"0.0": "0.0", "-0.0": "-0.0", "inf": "Infinity"}.get(repr(float(value)), "-Infinity")
    return _scientific(_two_digits(repr(float(value)), value))


def float_text(value: float) -> str:
    """``Float.toString``: the shortest digits that tell this 32 bit float from its neighbours."""
    single = to_float32(value)
    if single != single or single in (0.0, float("inf"), float("-inf")):
        return double_text(single)
    shortest = next(
        (text for text in (f"{single:.{places}e}" for places in range(1, 9)) if to_float32(float(text)) == single),
        repr(single),
    )
    return _scientific(shortest) if abs(single) < 1e-3 else double_text(float(shortest))


def _two_digits(text: str, value: float) -> str:
    """The digits of a number; the nearest two where one would tell it, as for the smallest numbers there are."""
    return text if len(Decimal(text).as_tuple().digits) > 1 else f"{value:.1e}"


def _scientific(text: str) -> str:
    sign, digits, exponent = Decimal(text).as_tuple()
    power = len(digits) + int(exponent) - 1
    significant = "".join(map(str, digits)).rstrip("0")
    return f"{'-' if sign else ''}{significant[0]}.{significant[1:] or '0'}E{power}"


def date_text(value: datetime, zone: tzinfo = UTC) -> str:
    """``Date.toString``: ``EEE MMM dd HH:mm:ss zzz yyyy`` in English."""
    local = value.astimezone(zone)
    day, month = _DAYS[local.weekday()], _MONTHS[local.month - 1]
    return f"{day} {month} {local.day:02d} {local:%H:%M:%S} {zone_text(local)} {local.year}"


def zoned_text(value: datetime) -> str:
    """``DateTimeFormatter.ISO_ZONED_DATE_TIME``, for instance ``2017-01-01T10:00:00+01:00[Europe/Paris]``."""
    offset = value.utcoffset()
    seconds = 0 if offset is None else int(offset.total_seconds())
    hours, rest = divmod(abs(seconds), 3600)
    shift = f"{'-' if seconds < 0 else '+'}{hours:02d}:{rest // 60:02d}" + (f":{rest % 60:02d}" if rest % 60 else "")
    fraction = f".{value.microsecond:06d}".rstrip("0") if value.microsecond else ""
    region = f"[{value.tzinfo.key}]" if isinstance(value.tzinfo, ZoneInfo) else ""
    return f"{value:%Y-%m-%dT%H:%M:%S}{fraction}{shift if seconds else 'Z'}{region}"


def field_text(kind: FieldType, value: object, zone: tzinfo) -> str:
    """The form of a field: ``Field[STRING:abc]``."""
    return f"Field[{kind.name}:{java_string(value, zone)}]"


def _whole(value: object, _zone: tzinfo) -> str:
    return int.__repr__(value)


def _other(value: object, zone: tzinfo) -> str:
    if isinstance(value, bool | type(None)):
        return {True: "true", False: "false", None: "null"}[value]
    for kind, form in _FORMS.items():
        if kind is not object and isinstance(value, kind):
            return form(value, zone)
    spelled = getattr(value, "java_text", None)
    return str(spelled(zone)) if spelled is not None else str(value)


def _map(value: dict[str, object], zone: tzinfo) -> str:
    return "{" + ", ".join(f"{name}={_element(item, zone)}" for name, item in value.items()) + "}"


def _list(value: list[object], zone: tzinfo) -> str:
    return "[" + ", ".join(_element(item, zone) for item in value) + "]"


def _element(value: object, zone: tzinfo) -> str:
    return field_text(kind_of(value), plain(value), zone)


_FORMS: dict[type, Callable[..., str]] = {
    bool: lambda value, _zone: "true" if value else "false",
    int: _whole,
    Long: _whole,
    Short: _whole,
    Byte: _whole,
    Float: lambda value, _zone: float_text(value),
    float: lambda value, _zone: double_text(value),
    Decimal: lambda value, _zone: str(value),
    Char: lambda value, _zone: str.__str__(value),
    FieldType: lambda value, _zone: value.name,
    Zoned: lambda value, _zone: zoned_text(value),
    Date: date_text,
    Time: date_text,
    datetime: date_text,
    bytes: lambda _value, _zone: "[B",
    dict: _map,
    list: _list,
    FileRef: lambda _value, _zone: "FileRef",
}
