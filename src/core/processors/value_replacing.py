"""Value Replacer: null for values, values for null, values for values."""

from collections.abc import Callable
from datetime import UTC

from ..el import EvaluationError
from ..errors import InvalidValueError
from ..java import date_format
from ..java.kinds import kind_of
from ..plan.model import StagePlan
from ..records.convert import BITS, convert, dated
from ..records.fields import notes_of, set_field
from ..records.paths import MISSING, get
from ..records.record import Record
from ..records.values import Char, FieldType, FieldValue, Null
from .api import Process, RecordFault, StopFault, Tools, each
from .registry import processor
from .selecting import Select, selector
from .values import null_of

_PATTERNS = {
    FieldType.DATE: "yyyy-MM-dd",
    FieldType.TIME: "HH:mm:ss",
    FieldType.DATETIME: "yyyy-MM-dd HH:mm:ss.SSSZ",
}
_NUMBERS = (*BITS, FieldType.FLOAT, FieldType.DOUBLE)
_ORDERED = (*_NUMBERS, FieldType.STRING)


@processor("com_streamsets_pipeline_stage_processor_fieldvaluereplacer_FieldValueReplacerDProcessor")
def value_replacer(plan: StagePlan, tools: Tools) -> Process:
    """Three groups of rules, one after the other: to null, from null, by comparison. Types stay as they are.

    A value of the third group that is none of the field's type, or a null there, ends the run.
    """
    given = plan.given
    to_null = [
        (_selects(tools, row.texts("fieldsToNull")), tools.predicate(text) if (text := row.text("condition")) else None)
        for row in given.rows("nullReplacerConditionalConfigs")
    ]
    from_null = [
        (_selects(tools, row.texts("fields")), row.text("newValue")) for row in given.rows("fieldsToReplaceIfNull")
    ]
    by_value = [
        (
            _selects(tools, row.texts("fieldNames")),
            row.text("operator", "LESS_THAN"),
            row.text("comparisonValue"),
            row.text("replacementValue"),
        )
        for row in given.rows("fieldsToConditionallyReplace")
    ]
    strict = given.text("onStagePreConditionFailure", "TO_ERROR") == "TO_ERROR"

    def handle(record: Record) -> Record:
        missing: dict[str, None] = {}
        chosen = [(_there(record, selects, missing), _holds(condition, record)) for selects, condition in to_null]
        doomed = [path for paths, holds in chosen if holds for path in paths]
        for path in doomed:
            set_field(record, path, null_of(_value(record, path)))
        for selects, text in from_null:
            for path in _there(record, selects, missing):
                held = _value(record, path)
                if held is None or isinstance(held, Null):
                    set_field(record, path, _converted(text, held, path), notes_of(record, path))
        for selects, operator, wanted, text in by_value:
            for path in _there(record, selects, {}):
                _compare(record, path, operator, wanted, text)
        if missing and strict:
            raise RecordFault("VALUE_REPLACER_01", f"these fields are not there: {', '.join(missing)}")
        return record

    return each(handle)


def _selects(tools: Tools, patterns: tuple[str, ...]) -> list[tuple[str, Select]]:
    return [(pattern, selector(tools, pattern)) for pattern in patterns]


def _there(record: Record, selects: list[tuple[str, Select]], missing: dict[str, None]) -> list[str]:
    """The fields that are there; the others, and patterns that fit nothing, are noted."""
    found: list[str] = []
    for pattern, select in selects:
        paths = select(record)
        if not paths:
            missing[pattern] = None
        for path in paths:
            if get(record.value, path) is MISSING:
                missing[path] = None
            else:
                found.append(path)
    return found


def _holds(condition: Callable[[Record], bool] | None, record: Record) -> bool:
    try:
        return condition is None or condition(record)
    except EvaluationError as error:
        raise RecordFault("VALUE_REPLACER_06", f"the condition cannot be evaluated: {error}") from None


def _value(record: Record, path: str) -> FieldValue:
    return get(record.value, path)  # type: ignore[return-value]


def _converted(text: str, like: FieldValue, path: str) -> FieldValue:
    kind = kind_of(like)
    try:
        if kind in _PATTERNS:
            return dated(date_format(_PATTERNS[kind], UTC).parse(text), kind)
        if kind is FieldType.BYTE_ARRAY:
            return text.encode("utf-8", "surrogatepass")
        return convert(text, kind)
    except (ValueError, ArithmeticError, InvalidValueError) as error:
        raise RecordFault("VALUE_REPLACER_00", f"{text!r} is no {kind.value} for {path}: {error}") from None


def _compare(record: Record, path: str, operator: str, wanted: str, text: str) -> None:
    held = _value(record, path)
    if not text.strip():
        raise StopFault("VALUE_REPLACER_05", "there is no value to replace with")
    try:
        if operator == "ALL" or _fits(held, operator, wanted, path):
            set_field(record, path, _converted(text, held, path), notes_of(record, path))
    except RecordFault as fault:
        raise StopFault("VALUE_REPLACER_03", fault.message) from None


def _fits(held: FieldValue, operator: str, wanted: str, path: str) -> bool:
    if not wanted.strip():
        raise StopFault("VALUE_REPLACER_04", "there is no value to compare with")
    if held is None or isinstance(held, (Null, Char)) or kind_of(held) not in _ORDERED:
        raise RecordFault("VALUE_REPLACER_03", f"field {path} has no value that can be compared")
    other = _converted(wanted, held, path)
    if operator == "EQUALS":
        return bool(held == other)
    return bool(held < other if operator == "LESS_THAN" else held > other)  # type: ignore[operator]
