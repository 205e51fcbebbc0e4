"""From one field type to another, as the original's fields do it themselves."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal

from ..errors import InvalidValueError
from ..java.calendar import from_millis, to_millis
from ..java.dates import date_format
from ..java.kinds import kind_of
from ..java.numbers import (
    decimal_to_long,
    float_to_int,
    float_to_long,
    parse_decimal,
    parse_double,
    parse_whole,
    to_float32,
    wrap_bits,
)
from ..java.text import java_string
from ..java.zonedformat import ISO_ZONED, parse_zoned
from .values import Byte, Char, Date, FieldType, FieldValue, Float, ListMap, Long, Null, Short, Time, Zoned

DATE_PATTERN = "yyyy-MM-dd'T'HH:mm'Z'"
DATES: dict[FieldType, type[datetime]] = {
    FieldType.DATE: Date,
    FieldType.DATETIME: datetime,
    FieldType.TIME: Time,
    FieldType.ZONED_DATETIME: Zoned,
}
BITS = {FieldType.BYTE: 8, FieldType.SHORT: 16, FieldType.INTEGER: 32, FieldType.LONG: 64}
_WHOLE: dict[FieldType, type[int]] = {FieldType.BYTE: Byte, FieldType.SHORT: Short, FieldType.LONG: Long}
_CODES = {
    FieldType.BOOLEAN: "API_01",
    FieldType.BYTE_ARRAY: "API_02",
    FieldType.BYTE: "API_04",
    FieldType.CHAR: "API_05",
    FieldType.DATE: "API_07",
    FieldType.DATETIME: "API_07",
    FieldType.TIME: "API_07",
    FieldType.DECIMAL: "API_08",
    FieldType.DOUBLE: "API_09",
    FieldType.FLOAT: "API_10",
    FieldType.INTEGER: "API_11",
    FieldType.LIST: "API_12",
    FieldType.LONG: "API_14",
    FieldType.MAP: "API_15",
    FieldType.SHORT: "API_17",
    FieldType.STRING: "API_18",
    FieldType.LIST_MAP: "API_21",
    FieldType.FILE_REF: "API_23",
    FieldType.ZONED_DATETIME: "API_25",
}
_READ_CODES = {
    FieldType.BYTE_ARRAY: "API_03",
    FieldType.LIST: "API_13",
    FieldType.MAP: "API_16",
    FieldType.LIST_MAP: "API_22",
    FieldType.FILE_REF: "API_24",
}


class ConversionError(InvalidValueError):
    """A value that has no form in a type; ``code`` is that of the original."""

    def __init__(self, code: str, value: object, target: FieldType) -> None:
        super().__init__("field", value, f"something that can become {target.name} ({code})")
        self.code = code
        self.args = (code, value, target)


def text_code(value: FieldValue) -> str | None:
    """The code under which reading a field as text fails; None where it has one."""
    return None if isinstance(value, Null) else _READ_CODES.get(kind_of(value))


def convert(value: FieldValue, target: FieldType) -> FieldValue:
    """The value in another type; null is the null of that type.

    Raises:
        ConversionError: it has none. InvalidValueError: a text that does not tell one.
    """
    if value is None or isinstance(value, Null):
        return None if target is FieldType.STRING else Null(target)
    kind = kind_of(value)
    if kind is target:
        return value
    fail = ConversionError(_CODES[target], value, target)
    if target in BITS:
        return whole(_number(value, fail, dates=target is FieldType.LONG), target)
    made = _TO.get(target)
    if made is None:
        raise fail
    return made(value, fail)


def whole(number: int | float | Decimal, target: FieldType) -> FieldValue:
    """A number narrowed to a whole type, as Java does it."""
    bits = BITS[target]
    if isinstance(number, float):
        held = float_to_long(number) if bits == 64 else float_to_int(number)
    else:
        held = decimal_to_long(number) if isinstance(number, Decimal) else int(number)
    wrapped = wrap_bits(held, bits)
    return _WHOLE[target](wrapped) if target in _WHOLE else wrapped


def dated(at: datetime, target: FieldType) -> datetime:
    """A moment as a field of a date type; other than ZONED_DATETIME it is told in UTC with milliseconds."""
    if target is not FieldType.ZONED_DATETIME:
        at = at.astimezone(UTC)
        at = at.replace(microsecond=at.microsecond // 1000 * 1000)
    kind = DATES[target]
    return kind(
        at.year, at.month, at.day, at.hour, at.minute, at.second, at.microsecond, tzinfo=at.tzinfo, fold=at.fold
    )


def parse_text(text: str, target: FieldType) -> FieldValue:
    """The number that a whole text is, for number types.

    Raises:
        InvalidValueError: it is none.
    """
    if target in BITS:
        return whole(parse_whole(text, target.name, BITS[target]), target)
    if target is FieldType.DECIMAL:
        return parse_decimal(text)
    number = parse_double(text)
    return Float(to_float32(number)) if target is FieldType.FLOAT else number


def _number(value: FieldValue, fail: ConversionError, *, dates: bool = False) -> int | float | Decimal:
    if isinstance(value, (bool, Char)):
        raise fail
    if isinstance(value, (int, float, Decimal)):
        return value
    if isinstance(value, str):
        held = parse_text(value, fail.args[2])
        assert isinstance(held, (int, float, Decimal))
        return held
    if dates and isinstance(value, datetime) and not isinstance(value, Zoned):
        return to_millis(value)
    raise fail


def _boolean(value: FieldValue, fail: ConversionError) -> FieldValue:
    if isinstance(value, str) and not isinstance(value, Char):
        return value.lower() == "true"
    if isinstance(value, Decimal):
        return value.as_tuple() != Decimal(0).as_tuple()
    return _number(value, fail) != 0


def _char(value: FieldValue, fail: ConversionError) -> FieldValue:
    if isinstance(value, str) and value:
        return Char(value[0])
    raise fail


def _double(value: FieldValue, fail: ConversionError) -> FieldValue:
    return float(_number(value, fail))


def _float(value: FieldValue, fail: ConversionError) -> FieldValue:
    return Float(to_float32(float(_number(value, fail))))


def _decimal(value: FieldValue, fail: ConversionError) -> FieldValue:
    number = _number(value, fail)
    return number if isinstance(number, Decimal) else parse_decimal(java_string(number))


def _date(value: FieldValue, fail: ConversionError) -> FieldValue:
    target: FieldType = fail.args[2]
    if isinstance(value, datetime) and not isinstance(value, Zoned):
        return dated(value, target)
    if isinstance(value, str) and not isinstance(value, Char):
        try:
            return dated(date_format(DATE_PATTERN, UTC).parse(value), target)
        except InvalidValueError:
            raise ConversionError("API_06", value, target) from None
    if kind_of(value) in (FieldType.LONG, FieldType.INTEGER):
        assert isinstance(value, int)
        return dated(from_millis(value), target)
    raise fail


def _text(value: FieldValue, fail: ConversionError) -> FieldValue:
    if isinstance(value, (dict, list, bytes)) or kind_of(value) is FieldType.FILE_REF:
        raise fail
    return java_string(value)


def _map(value: FieldValue, fail: ConversionError) -> FieldValue:
    if isinstance(value, dict):
        return dict(value)
    raise fail


def _list_map(value: FieldValue, fail: ConversionError) -> FieldValue:
    if isinstance(value, dict):
        return ListMap(value)
    if isinstance(value, list):
        return ListMap({str(at): item for at, item in enumerate(value)})
    raise fail


def _list(value: FieldValue, fail: ConversionError) -> FieldValue:
    if isinstance(value, ListMap):
        return list(value.values())
    raise fail


def _zoned(value: FieldValue, fail: ConversionError) -> FieldValue:
    if isinstance(value, str) and not isinstance(value, Char):
        try:
            return dated(parse_zoned(value, ISO_ZONED), FieldType.ZONED_DATETIME)
        except InvalidValueError:
            raise ConversionError("API_26", value, FieldType.ZONED_DATETIME) from None
    raise fail


_TO: dict[FieldType, Callable[[FieldValue, ConversionError], FieldValue]] = {
    FieldType.BOOLEAN: _boolean,
    FieldType.CHAR: _char,
    FieldType.DOUBLE: _double,
    FieldType.FLOAT: _float,
    FieldType.DECIMAL: _decimal,
    FieldType.DATE: _date,
    FieldType.DATETIME: _date,
    FieldType.TIME: _date,
    FieldType.STRING: _text,
    FieldType.MAP: _map,
    FieldType.LIST_MAP: _list_map,
    FieldType.LIST: _list,
    FieldType.ZONED_DATETIME: _zoned,
}
