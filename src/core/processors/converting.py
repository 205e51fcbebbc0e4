"""Field Type Converter: fields by name, or all fields of a type."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import (
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_DOWN,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    ROUND_UP,
    Context,
    Decimal,
    InvalidOperation,
)

from ..errors import InvalidValueError, PenstockError
from ..java import date_format, to_float32
from ..java.kinds import kind_of
from ..java.numberformat import parse_big, parse_number
from ..java.zonedformat import ISO_OFFSET, ISO_ZONED, format_zoned, parse_zoned
from ..java.zones import region
from ..plan.given import Given
from ..plan.model import StagePlan
from ..records.convert import BITS, convert, dated, whole
from ..records.fields import Notes, is_under, notes_of, remove_field, set_field
from ..records.paths import MISSING, all_paths, get, quoted
from ..records.record import Record
from ..records.values import Char, FieldType, FieldValue, Float, Long, Null
from .api import Process, RecordFault, Tools, each
from .registry import processor
from .selecting import selectors

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
_MOMENTS = (FieldType.DATE, FieldType.DATETIME, FieldType.TIME)
_FLAG_NUMBERS = (FieldType.SHORT, FieldType.INTEGER, FieldType.LONG)
_UNIX = {"UNIX_TIMESTAMP_IN_MILLISECONDS": 1, "UNIX_TIMESTAMP_IN_SECONDS": 1000}
_AROUND = (FieldType.MAP, FieldType.LIST, FieldType.LIST_MAP)
MAX_DIGITS = 10_000


@processor("com_streamsets_pipeline_stage_processor_fieldtypeconverter_FieldTypeConverterDProcessor")
def type_converter(plan: StagePlan, tools: Tools) -> Process:
    """Missing fields are passed over; what cannot be converted sends the record to error with CONVERTER_00.

    Raises:
        InvalidValueError: a format of zoned dates that does not tell date, time and zone (CONVERTER_03).
    """
    by_type = plan.given.text("convertBy", "BY_FIELD") == "BY_TYPE"
    rows = plan.given.rows("wholeTypeConverterConfigs" if by_type else "fieldTypeConverterConfigs")
    for row in rows:
        _check(row, tools)

    def of_type(wanted: FieldType) -> Callable[[Record], list[str]]:
        return lambda record: [path for path in all_paths(record.value) if kind_of(_at(record, path)) is wanted]

    rules = [
        (
            row,
            _type(row.text("targetType", "INTEGER")),
            of_type(_type(row.text("sourceType", "INTEGER"))) if by_type else selectors(tools, row.texts("fields")),
        )
        for row in rows
    ]

    def handle(record: Record) -> Record | None:
        for rule, target, select in rules:
            # from the last to the first, as elements of lists may be taken out
            for path in reversed(select(record)):
                held = get(record.value, path)
                if path == held == "" and target is not FieldType.STRING and rule.text("inputFieldEmpty") == "DELETE":
                    return None  # a record without its root is none
                if held is not MISSING and not (by_type and kind_of(held) in _AROUND):
                    _convert_at(record, path, held, target, rule)  # type: ignore[arg-type]
        return record

    return each(handle)


def _at(record: Record, path: str) -> FieldValue:
    return get(record.value, path)  # type: ignore[return-value]


def _check(rule: Given, tools: Tools) -> None:
    if _type(rule.text("targetType")) is not FieldType.ZONED_DATETIME:
        return
    pattern = _zoned_pattern(rule)
    try:
        now = datetime.fromtimestamp(tools.now_ms() / 1000, region("Europe/Paris") or UTC)
        parse_zoned(format_zoned(now, pattern), pattern)
    except InvalidValueError:
        wanted = "a format with date, time and zone (CONVERTER_03)"
        raise InvalidValueError("Zoned DateTime Format", pattern, wanted) from None


def _convert_at(record: Record, path: str, held: FieldValue, target: FieldType, rule: Given) -> None:
    if held == "" and kind_of(held) is FieldType.STRING and not _empty(record, path, target, rule):
        return
    try:
        value, notes = _converted(held, target, rule)
    except RecordFault:
        raise
    except (ValueError, InvalidOperation, OverflowError, PenstockError, LookupError) as error:
        reason = f"field {path} of type {kind_of(held).name} cannot become {target.name}: {error}"
        raise RecordFault("CONVERTER_00", reason) from None
    _set(record, path, value, notes)


def _set(record: Record, path: str, value: FieldValue, digits: Mapping[str, str] | None = None) -> None:
    """Sets a field that keeps its attributes; what it holds keeps its own, under its new path."""
    held = notes_of(record, path)
    own = {**held.get("", {}), **(digits or {})}
    below = _below(held, _at(record, path), value) if held else {}
    set_field(record, path, value, {**below, "": own} if own else below)


def _below(held: Notes, before: FieldValue, after: FieldValue) -> Notes:
    """The attributes of what is in a field, for another kind of map or list with the same in it."""
    made: Notes = {}
    for old, new in zip(_steps(before), _steps(after), strict=False):
        made.update({new + key[len(old) :]: note for key, note in held.items() if is_under(key, old)})
    return made


def _steps(value: FieldValue) -> list[str]:
    if isinstance(value, dict):
        return [f"/{quoted(name)}" for name in value]
    return [f"[{at}]" for at in range(len(value))] if isinstance(value, list) else []


def _empty(record: Record, path: str, target: FieldType, rule: Given) -> bool:
    """What becomes of an empty text; True when it is converted as any other."""
    wanted = rule.text("inputFieldEmpty", "ERROR")
    if target is FieldType.STRING or wanted not in ("NULL", "DELETE", "IGNORE"):
        return True
    if wanted == "DELETE" and path:
        remove_field(record, path)
    elif wanted != "IGNORE":
        _set(record, path, Null(target))
    return False


def _type(word: str) -> FieldType:
    return FieldType[word] if word in FieldType.__members__ else FieldType.STRING


def _converted(held: FieldValue, target: FieldType, rule: Given) -> tuple[FieldValue, Mapping[str, str]]:
    """The value in the target type, and the attributes that tell its digits."""
    kind = kind_of(held)
    if kind is FieldType.ZONED_DATETIME and target not in (FieldType.STRING, FieldType.ZONED_DATETIME):
        raise RecordFault("CONVERTER_04", f"a zoned date cannot become {target.name}")
    if held is None or isinstance(held, Null):
        return convert(None, target), {}
    if kind is FieldType.STRING and isinstance(held, str):
        made = _from_text(held, target, rule)
    elif target is FieldType.DECIMAL and isinstance(held, (int, float, Decimal)) and not isinstance(held, bool):
        made = _scaled(convert(held, target), rule)
    else:
        made = _from_value(held, kind, target, rule)
    return made, _digits(made) if target is FieldType.DECIMAL and isinstance(made, Decimal) else {}


def _digits(value: Decimal) -> Mapping[str, str]:
    _, digits, exponent = value.as_tuple()
    scale = -int(exponent)
    return {"precision": str(len(digits)), "scale": str(scale)}


def _from_text(text: str, target: FieldType, rule: Given) -> FieldValue:
    trimmed = text.strip("".join(map(chr, range(33))))
    if target is FieldType.BOOLEAN:
        return trimmed.lower() == "true"
    if target is FieldType.BYTE_ARRAY:
        return text.encode("utf-8", "surrogatepass")
    if target is FieldType.CHAR:
        return Char(text[0])
    if target in _MOMENTS and rule.text("dateFormat") in _UNIX:
        return _from_unix(int(trimmed), target, rule)
    if target in _MOMENTS:
        return dated(date_format(_mask(rule), UTC).parse(trimmed), target)
    if target is FieldType.ZONED_DATETIME:
        return dated(parse_zoned(trimmed, _zoned_pattern(rule)), target)
    locale = rule.text("dataLocale", "en,US")
    if target is FieldType.DECIMAL:
        return _scaled(parse_big(trimmed, locale), rule)
    if target in BITS:
        return whole(parse_number(text if target is FieldType.BYTE else trimmed, locale), target)
    if target in (FieldType.DOUBLE, FieldType.FLOAT):
        number = float(parse_number(trimmed, locale))
        return Float(to_float32(number)) if target is FieldType.FLOAT else number
    if target is FieldType.FILE_REF:
        raise ValueError("a text is no file")
    return text


def _from_value(held: FieldValue, kind: FieldType, target: FieldType, rule: Given) -> FieldValue:
    if target is FieldType.STRING:
        if isinstance(held, bytes):
            return held.decode(rule.text("encoding", "UTF-8"), "replace")
        if isinstance(held, datetime):
            zoned = kind is FieldType.ZONED_DATETIME
            return format_zoned(held, _zoned_pattern(rule)) if zoned else date_format(_mask(rule), UTC).format(held)
        if kind is FieldType.LONG and rule.flag("treatInputFieldAsDate"):
            moment = convert(held, FieldType.DATETIME)
            assert isinstance(moment, datetime)
            return date_format(_mask(rule), UTC).format(moment)
    if kind in _MOMENTS and target is FieldType.ZONED_DATETIME and isinstance(held, datetime):
        name = rule.text("zonedDateTimeTargetTimeZone", "UTC")
        zone = region(name)
        if zone is None:
            raise InvalidValueError("Target Time Zone", name, "the name of a time zone")
        return dated(held.astimezone(zone), target)
    if target in _MOMENTS and rule.text("dateFormat") in _UNIX and isinstance(held, int):
        return _from_unix(held, target, rule)
    if isinstance(held, bool) and target in _FLAG_NUMBERS:
        return whole(int(held), target)
    return convert(held, target)


def _from_unix(number: int, target: FieldType, rule: Given) -> FieldValue:
    return convert(Long(number * _UNIX[rule.text("dateFormat")]), target)


def _mask(rule: Given) -> str:
    word = rule.text("dateFormat", "YYYY_MM_DD")
    return rule.text("otherDateFormat") if word == "OTHER" else _MASKS.get(word, "yyyy-MM-dd")


def _zoned_pattern(rule: Given) -> str:
    word = rule.text("zonedDateTimeFormat", ISO_ZONED)
    return rule.text("otherZonedDateTimeFormat") if word == "OTHER" else word if word == ISO_OFFSET else ISO_ZONED


def _scaled(value: FieldValue, rule: Given) -> Decimal:
    assert isinstance(value, Decimal)
    scale = rule.integer("scale", -1)
    value = value if value else abs(value)  # the original has no negative zero
    if scale == -1:
        return value
    if abs(scale) > MAX_DIGITS or abs(value.adjusted()) > MAX_DIGITS:
        raise ValueError(f"more than {MAX_DIGITS} digits")
    rounding = _ROUNDING.get(rule.text("decimalScaleRoundingStrategy", "ROUND_UNNECESSARY"))
    context = Context(prec=2 * MAX_DIGITS, Emax=10**9, Emin=-(10**9))
    scaled = value.quantize(Decimal(1).scaleb(-scale, context), rounding or ROUND_DOWN, context)
    if rounding is None and scaled != value:
        raise ValueError(f"{value} has more than {scale} decimal places")
    return scaled if scaled else abs(scaled)
