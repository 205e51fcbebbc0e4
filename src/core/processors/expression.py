"""Expression Evaluator: sets fields, header attributes and field attributes from expressions."""

from collections.abc import Callable

from ..el import EvaluationError
from ..el.coerce import as_text
from ..plan.model import StagePlan
from ..records.paths import MISSING, expand, get, has, has_wildcards, parse_path, to_path
from ..records.record import Record, copy_value
from ..records.values import FieldValue
from .api import Process, RecordFault, Tools, each
from .registry import processor
from .values import as_field, null_of, place

Evaluate = Callable[[Record], FieldValue]


@processor("com_streamsets_pipeline_stage_processor_expression_ExpressionDProcessor")
def expression_evaluator(plan: StagePlan, tools: Tools) -> Process:
    """Fields in order, then header attributes, then field attributes; the time stands still for one record."""
    fields = [
        (row.text("fieldToSet"), row.text("expression"), tools.evaluate(row.text("expression")))
        for row in plan.given.rows("expressionProcessorConfigs")
        if row.text("fieldToSet")
    ]
    headers = [
        (row.text("attributeToSet"), tools.evaluate(row.text("headerAttributeExpression")))
        for row in plan.given.rows("headerAttributeConfigs")
        if row.text("attributeToSet")
    ]
    attributes = [
        (row.text("fieldToSet"), row.text("attributeToSet"), tools.evaluate(row.text("fieldAttributeExpression")))
        for row in plan.given.rows("fieldAttributeConfigs")
        if row.text("attributeToSet")
    ]

    def handle(record: Record) -> Record:
        at_ms = tools.now_ms()
        tools.scope.now_ms = lambda: at_ms
        for pattern, text, evaluate in fields:
            _set(record, pattern, text, evaluate)
        for name, evaluate in headers:
            record.attributes[name] = as_text(_value(record, name, evaluate))
        for path, name, evaluate in attributes:
            _set_attribute(record, path, name, evaluate)
        return record

    return each(handle)


def _value(record: Record, what: str, evaluate: Evaluate) -> FieldValue:
    try:
        return evaluate(record)
    except EvaluationError as error:
        raise RecordFault("EXPR_03", f"the expression for {what} cannot be evaluated: {error}") from None


def _set(record: Record, pattern: str, text: str, evaluate: Evaluate) -> None:
    value = as_field(_value(record, pattern, evaluate))
    if value is None and (existing := get(record.value, pattern)) is not MISSING:
        value = null_of(existing)  # type: ignore[arg-type]
    if not has_wildcards(pattern):
        place(record, pattern, value, "EXPR_04")
        return
    for path in expand(record.value, pattern):
        place(record, path, copy_value(value), "EXPR_04")


def _set_attribute(record: Record, path: str, name: str, evaluate: Evaluate) -> None:
    if not has(record.value, path):
        raise RecordFault("EXPR_05", f"field {path} is not there, so it cannot get the attribute {name}")
    value = as_text(_value(record, path, evaluate))
    record.header.field_attributes.setdefault(to_path(parse_path(path)), {})[name] = value
