"""Field Type Converter: fields by name, or all fields of a type."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import (
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_DOWN,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    ROUND_UP,
    Decimal,
    InvalidOperation,
)

from ..errors import PenstockError
from ..java import date_format, java_string, to_float32
from ..java.kinds import kind_of
from ..java.numbers import (
    decimal_to_long,
    float_to_int,
    float_to_long,
    parse_decimal,
    parse_double,
    parse_whole,
    wrap_bits,
)
from ..plan.given import NOTHING_GIVEN, Given
from ..plan.model import StagePlan
from ..records.paths import MISSING, all_paths, delete, expand, get, put
from ..records.record import Record
from ..records.values import Byte, Char, Date, FieldType, FieldValue, Float, Long, Null, Short, Time
from .api import Process, RecordFault, Tools, each
from .registry import processor

_MASKS = {
    "YYYY_MM_DD": "yyyy-MM-dd",
    "DD_MM_YYYY": "dd-MMM-yyyy",
    "YYYY_MM_DD_HH_MM_SS": "yyyy-MM-dd HH:mm:ss",
    "YYYY_MM_DD_HH_MM_SS_SSS": "yyyy-MM-dd HH:mm:ss.SSS",
    "YYYY_MM_DD_HH_MM_SS_SSS_Z": "yyyy-MM-dd HH:mm:ss.SSS Z",
    "YYYY_MM_DD_T_HH_MM_Z": "yyyy-MM-dd'T'HH:mm'Z'",
    "YYYY_MM_DD_T_HH_MM_SS_Z": "yyyy-MM-dd'T'HH:mm:ss'Z'",
    "YYYY_MM_DD_T_HH_MM_SS_SSS_Z": "yyyy-MM-dd'T'HH:mm:ss.SSS'Z'",
}
_ROUNDING = {
    "ROUND_UP": ROUND_UP,
    "ROUND_DOWN": ROUND_DOWN,
    "ROUND_CEILING": ROUND_CEILING,
    "ROUND_FLOOR": ROUND_FLOOR,
    "ROUND_HALF_UP": ROUND_HALF_UP,
    "ROUND_HALF_DOWN": ROUND_HALF_DOWN,
    "ROUND_HALF_EVEN": ROUND_HALF_EVEN,
}
_DATES = {FieldType.DATE: Date, FieldType.DATETIME: datetime, FieldType.TIME: Time}
_BITS = {FieldType.BYTE: 8, FieldType.SHORT: 16, FieldType.INTEGER: 32, FieldType.LONG: 64}
_WHOLE = {FieldType.BYTE: Byte, FieldType.SHORT: Short, FieldType.LONG: Long}
_NUMBER = re.compile(r"-?(?:\d[\d,]*\.?\d*|\.\d+)(?:E-?\d+)?")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LEAVES = (FieldType.MAP, FieldType.LIST, FieldType.LIST_MAP)


@processor("com_streamsets_pipeline_stage_processor_fieldtypeconverter_FieldTypeConverterDProcessor")
def type_converter(plan: StagePlan, tools: Tools) -> Process:
    """Missing fields are passed over; what cannot be converted sends the record to error with CONVERTER_00."""
    by_type = plan.given.text("convertBy", "BY_FIELD") == "BY_TYPE"
    rules = plan.given.rows("wholeTypeConverterConfigs" if by_type else "fieldTypeConverterConfigs")

    def handle(record: Record) -> Record:
        for rule in rules:
            target = _type(rule.text("targetType", "INTEGER"))
            paths = _of_type(record, rule) if by_type else list(_of_name(record, rule))
            # from the last to the first, as elements of lists may be taken out
            for path in reversed(paths):
                value = get(record.value, path)
                if value is MISSING:
                    continue
                if value == "" and isinstance(value, str) and not _empty(record, path, target, rule):
                    continue
                try:
                    record.value = put(record.value, path, convert(value, target, rule))  # type: ignore[arg-type]
                except (ValueError, InvalidOperation, OverflowError, PenstockError) as error:
                    kind = kind_of(value).name
                    reason = f"field {path} of type {kind} cannot become {target.name}: {error}"
                    raise RecordFault("CONVERTER_00", reason) from None
        return record

    return each(handle)


def _empty(record: Record, path: str, target: FieldType, rule: Given) -> bool:
    """What becomes of an empty text; True when it is converted as any other."""
    wanted = rule.text("inputFieldEmpty", "ERROR")
    if target is FieldType.STRING or wanted not in ("NULL", "DELETE", "IGNORE"):
        return True
    if wanted == "DELETE" and path:
        delete(record.value, path)
    elif wanted != "IGNORE":
        record.value = put(record.value, path, Null(target))
    return False


def _type(word: str) -> FieldType:
    return FieldType[word] if word in FieldType.__members__ else FieldType.STRING


def _of_name(record: Record, rule: Given) -> Iterator[str]:
    for pattern in rule.texts("fields"):
        yield from expand(record.value, pattern)


def _of_type(record: Record, rule: Given) -> list[str]:
    wanted = _type(rule.text("sourceType", "INTEGER"))
    return [path for path in all_paths(record.value) if kind_of(get(record.value, path)) is wanted]


def convert(value: FieldValue, target: FieldType, rule: Given) -> FieldValue:
    """A value in another type.

    Raises:
        ValueError: it has no form in that type.
    """
    if value is None or isinstance(value, Null):
        return None if target is FieldType.STRING else Null(target)
    kind = kind_of(value)
    if kind in _LEAVES and kind is not target:
        raise ValueError("maps and lists have no other form")
    if target is FieldType.STRING:
        return _to_text(value, rule)
    if target is FieldType.BOOLEAN:
        return value.strip().lower() == "true" if isinstance(value, str) else bool(_number(value, rule))
    if target in _DATES:
        return _to_date(value, target, rule)
    if target is FieldType.DECIMAL:
        return _scaled(_number(value, rule), rule)
    if target in _BITS:
        return _to_whole(_number(value, rule), target)
    if target in (FieldType.DOUBLE, FieldType.FLOAT):
        number = float(_number(value, rule))
        return Float(to_float32(number)) if target is FieldType.FLOAT else number
    if target is FieldType.CHAR and isinstance(value, str) and value:
        return Char(value[0])
    if target is FieldType.BYTE_ARRAY and isinstance(value, str):
        return value.encode()
    if kind is target:
        return value
    raise ValueError("there is no such conversion")


def convert_text(text: str, kind: str) -> FieldValue:
    """A whole text as a value of a type: numbers without anything around them.

    Raises:
        ValueError: it is none.
    """
    target = _type(kind)
    if target in _BITS:
        whole = parse_whole(text, kind, _BITS[target])
        return _WHOLE[target](whole) if target in _WHOLE else whole
    if target in (FieldType.DOUBLE, FieldType.FLOAT):
        number = parse_double(text)
        return Float(to_float32(number)) if target is FieldType.FLOAT else number
    if target is FieldType.DECIMAL:
        return parse_decimal(text)
    return convert(text, target, NOTHING_GIVEN)


def _mask(rule: Given) -> str:
    word = rule.text("dateFormat", "YYYY_MM_DD")
    return rule.text("otherDateFormat") if word == "OTHER" else _MASKS.get(word, "yyyy-MM-dd")


def _to_text(value: FieldValue, rule: Given) -> str:
    if isinstance(value, bytes):
        return value.decode(rule.text("encoding", "UTF-8"), "replace")
    if isinstance(value, datetime) and kind_of(value) in _DATES:
        return date_format(_mask(rule), UTC).format(value)
    if isinstance(value, int) and not isinstance(value, bool) and rule.flag("treatInputFieldAsDate"):
        return date_format(_mask(rule), UTC).format(_EPOCH + timedelta(milliseconds=value))
    return java_string(value)


def _to_date(value: FieldValue, target: FieldType, rule: Given) -> FieldValue:
    if isinstance(value, str):
        moment = date_format(_mask(rule), UTC).parse(value)
    elif isinstance(value, datetime):
        moment = value
    elif isinstance(value, int) and not isinstance(value, bool):
        moment = _EPOCH + timedelta(milliseconds=value)
    else:
        raise ValueError("only texts, dates and milliseconds become dates")
    made = _DATES[target]
    return made.fromtimestamp(moment.timestamp(), UTC) if made is not datetime else moment


def _number(value: FieldValue, rule: Given) -> int | float | Decimal:
    """The number of a value; of a text what it begins with, commas between thousands."""
    if isinstance(value, str):
        found = _NUMBER.match(value.strip())
        if found is None:
            raise ValueError(f"{value[:60]!r} does not begin with a number")
        return Decimal(found.group().replace(",", ""))
    if isinstance(value, datetime):
        return (value - _EPOCH) // timedelta(milliseconds=1)
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, (int, float, Decimal)):
        return value
    raise ValueError("it has no number")


def _to_whole(number: int | float | Decimal, target: FieldType) -> FieldValue:
    bits = _BITS[target]
    if isinstance(number, float):
        whole = float_to_long(number) if bits == 64 else float_to_int(number)
    else:
        whole = decimal_to_long(number) if isinstance(number, Decimal) else int(number)
    wrapped = wrap_bits(whole, bits)
    return _WHOLE[target](wrapped) if target in _WHOLE else wrapped


def _scaled(number: int | float | Decimal, rule: Given) -> Decimal:
    value = number if isinstance(number, Decimal) else Decimal(java_string(number))
    scale = rule.integer("scale", -1)
    if scale < 0:
        return value
    rounding = _ROUNDING.get(rule.text("decimalScaleRoundingStrategy", "ROUND_UNNECESSARY"))
    scaled = value.quantize(Decimal(1).scaleb(-scale), rounding or ROUND_DOWN)
    if rounding is None and scaled != value:
        raise ValueError(f"{value} has more than {scale} decimal places")
    return scaled
