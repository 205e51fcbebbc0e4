"""Value Replacer: null for values, values for null, values for values."""

from ..el import EvaluationError
from ..java.kinds import kind_of
from ..plan.model import StagePlan
from ..records.paths import expand, get, has, put
from ..records.record import Record
from ..records.values import FieldValue, Null
from .api import Process, RecordFault, StopFault, Tools, each
from .converting import convert_text
from .registry import processor
from .values import null_of


@processor("com_streamsets_pipeline_stage_processor_fieldvaluereplacer_FieldValueReplacerDProcessor")
def value_replacer(plan: StagePlan, tools: Tools) -> Process:
    """Three groups of rules, one after the other: to null, from null, by comparison. Types stay as they are."""
    given = plan.given
    to_null = [
        (row.texts("fieldsToNull"), tools.predicate(text) if (text := row.text("condition")).strip() else None)
        for row in given.rows("nullReplacerConditionalConfigs")
    ]
    from_null = [(row.texts("fields"), row.text("newValue")) for row in given.rows("fieldsToReplaceIfNull")]
    compared = [
        (
            row.texts("fieldNames"),
            row.text("operator", "ALL"),
            row.text("comparisonValue"),
            row.text("replacementValue"),
        )
        for row in given.rows("fieldsToConditionallyReplace")
    ]
    strict = given.text("onStagePreConditionFailure", "TO_ERROR") == "TO_ERROR"

    def fields(record: Record, patterns: tuple[str, ...], missing: list[str] | None) -> list[str]:
        found: list[str] = []
        for path in (path for pattern in patterns for path in expand(record.value, pattern)):
            if has(record.value, path):
                found.append(path)
            elif missing is not None:
                missing.append(path)
        return found

    def handle(record: Record) -> Record:
        missing: list[str] = []
        for patterns, condition in to_null:
            paths = fields(record, patterns, missing)
            if _holds(condition, record):
                for path in paths:
                    record.value = put(record.value, path, null_of(_value(record, path)))
        for patterns, text in from_null:
            for path in fields(record, patterns, missing):
                held = _value(record, path)
                if held is None or isinstance(held, Null):
                    record.value = put(record.value, path, _converted(text, held, path))
        for patterns, operator, wanted, text in compared:
            for path in fields(record, patterns, None):
                held = _value(record, path)
                if held is None or isinstance(held, Null):
                    continue
                try:
                    if _fits(held, operator, wanted, path):
                        record.value = put(record.value, path, _converted(text, held, path))
                except RecordFault as fault:
                    raise StopFault(fault.code, fault.message) from None
        if missing and strict:
            raise RecordFault("VALUE_REPLACER_01", f"these fields are not there: {', '.join(dict.fromkeys(missing))}")
        return record

    return each(handle)


def _holds(condition: object, record: Record) -> bool:
    if condition is None:
        return True
    try:
        return bool(condition(record))  # type: ignore[operator]
    except EvaluationError as error:
        raise RecordFault("VALUE_REPLACER_02", f"the condition cannot be evaluated: {error}") from None


def _value(record: Record, path: str) -> FieldValue:
    return get(record.value, path)  # type: ignore[return-value]


def _converted(text: str, like: FieldValue, path: str) -> FieldValue:
    try:
        return convert_text(text, kind_of(like).value)
    except (ValueError, ArithmeticError) as error:
        raise RecordFault("VALUE_REPLACER_00", f"{text!r} is no {kind_of(like).value} for {path}: {error}") from None


def _fits(held: FieldValue, operator: str, wanted: str, path: str) -> bool:
    if operator == "ALL":
        return True
    other = _converted(wanted, held, path)
    if operator == "EQUALS":
        return bool(held == other)
    try:
        less = held < other  # type: ignore[operator]
        more = held > other  # type: ignore[operator]
    except TypeError:
        raise RecordFault("VALUE_REPLACER_00", f"field {path} has no order") from None
    return bool(less if operator == "LESS_THAN" else more)
