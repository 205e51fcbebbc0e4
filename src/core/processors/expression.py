"""Expression Evaluator: sets fields, header attributes and field attributes from expressions."""

from collections.abc import Callable, Iterator
from functools import cache

from ..el import ElError, EvaluationError, parse_template
from ..el.coerce import as_text
from ..el.source import Source, function_of
from ..plan.given import Given
from ..plan.model import StagePlan
from ..plan.unfit import Checks
from ..records.fields import set_field
from ..records.json_data import LEAST_LARGE, LEAST_USUAL
from ..records.paths import MISSING, expand, get, has, has_wildcards, parse_path, to_path
from ..records.record import Record, copy_value, own_attributes
from ..records.rows import Rows
from ..records.values import FieldValue
from .api import Out, Process, RecordFault, Tools, TwoForms, each
from .in_rows import PLAIN, Refused, names_of, parent_of, put_out_kept
from .registry import processor
from .values import as_field, null_of, place

Evaluate = Callable[[Record], FieldValue]
_PLAIN_KINDS = {kind.__name__ for kind in PLAIN}
_FLOATING = {"float", "any"}
"""Kinds of expressions whose value may be a floating-point number."""


@processor("com_streamsets_pipeline_stage_processor_expression_ExpressionDProcessor")
def expression_evaluator(plan: StagePlan, tools: Tools) -> Process:
    """Fields in order, then header attributes, then field attributes; the time stands still for one record.

    Raises:
        UnfitError: expressions that cannot be read (EXPR_00).
    """
    checks = Checks()
    fields = [
        (row.text("fieldToSet"), row.text("expression"), evaluate)
        for row, evaluate in _read(plan, tools, "expressionProcessorConfigs", "expression", checks)
        if row.text("fieldToSet")
    ]
    headers = [
        (row.text("attributeToSet"), evaluate)
        for row, evaluate in _read(plan, tools, "headerAttributeConfigs", "headerAttributeExpression", checks)
        if row.text("attributeToSet")
    ]
    attributes = [
        (row.text("fieldToSet"), row.text("attributeToSet"), evaluate)
        for row, evaluate in _read(plan, tools, "fieldAttributeConfigs", "fieldAttributeExpression", checks)
        if row.text("attributeToSet")
    ]
    checks.done()

    def handle(record: Record) -> Record:
        at_ms = tools.now_ms()
        tools.scope.now_ms = lambda: at_ms
        for pattern, text, evaluate in fields:
            _set(record, pattern, text, evaluate)
        for name, evaluate in headers:
            record.attributes.update(own_attributes({name: as_text(_value(record, name, evaluate))}))
        for path, name, evaluate in attributes:
            _set_attribute(record, path, name, evaluate)
        return record

    general = each(handle)
    if headers or attributes or not fields or any(names_of(pattern) is None for pattern, _, _ in fields):
        return general
    return TwoForms(general, _in_rows(fields, tools, general))


def _read(plan: StagePlan, tools: Tools, rows: str, name: str, checks: Checks) -> Iterator[tuple[Given, Evaluate]]:
    """The rows of a setting with their expressions; those that cannot be read are noted."""
    for row in plan.given.rows(rows):
        try:
            yield row, tools.evaluate(row.text(name))
        except ElError as error:
            checks.that(False, "EXPR_00", rows, str(error))


def _in_rows(fields: list[tuple[str, str, Evaluate]], tools: Tools, general: Process) -> Callable[[Rows, Out], None]:
    """The same for rows, by a function that is compiled at the first batch."""

    @cache
    def compiled() -> Callable[..., list[Refused]]:
        return _function(fields, tools)

    def process(rows: Rows, out: Out) -> None:
        if rows.are_maps:
            put_out_kept(rows, compiled()(rows), out)
        else:
            general(rows.records(), out)

    return process


def _function(fields: list[tuple[str, str, Evaluate]], tools: Tools) -> Callable[..., list[Refused]]:
    source = Source()
    steps: list[str] = []
    for number, (pattern, text, _) in enumerate(fields):
        names = names_of(pattern)
        assert names is not None
        value = source.template(parse_template(text))
        parent = "v" if len(names) == 1 else f"parent_of(v, {names!r})"
        fits = [] if value.kind in _PLAIN_KINDS else ["(c is float or c in PLAIN)"]
        fits += [] if parent == "v" else ["isinstance(p := " + parent + ", dict)"]
        place = f"{'v' if parent == 'v' else 'p'}[{names[-1]!r}] = "
        steps.append(f"s = {number}")
        if not fits and value.kind not in _FLOATING:
            steps.append(f"{place}{value.text}")
            continue
        steps.append(f"r = {value.text}")
        if value.kind in _FLOATING:
            steps.append(f"if (c := type(r)) is float and not {LEAST_USUAL} <= r < {LEAST_LARGE}: rows.usual = False")
        if not fits:
            steps.append(f"{place}r")
            continue
        steps += [
            f"if {' and '.join(fits)}: {place}r",
            f"else: assign(rows, i, {number}, plain(r))",
        ]

    def assign(rows: Rows, row: int, number: int, value: FieldValue) -> None:
        pattern, text, _ = fields[number]
        rows.usual = False
        _set(rows.record(row), pattern, text, lambda _: value)

    def stand_still() -> None:
        at_ms = tools.now_ms()
        tools.scope.now_ms = lambda: at_ms

    scoped = ["stand_still()", "scope.record = record(i)"] if source.scoped else []
    lines = [
        "def evaluate(rows):",
        " refused, record = [], rows.record",
        " for i, v in enumerate(rows.values):",
        "  try:",
        *("   " + line for line in (*scoped, *steps)),
        "  except EvaluationError as error:",
        "   refused.append((i, 'EXPR_03', unevaluated(fields[s][0], error)))",
        "  except RecordFault as fault:",
        "   refused.append((i, fault.code, fault.message))",
        " return refused",
    ]
    held = {
        "assign": assign,
        "scope": tools.scope,
        "stand_still": stand_still,
        "fields": fields,
        "unevaluated": _unevaluated,
        "parent_of": parent_of,
        "PLAIN": PLAIN,
        "EvaluationError": EvaluationError,
        "RecordFault": RecordFault,
    }
    return function_of("evaluate", "\n".join(lines), source.names | held)


def _unevaluated(what: str, error: EvaluationError) -> str:
    return f"the expression for {what} cannot be evaluated: {error}"


def _value(record: Record, what: str, evaluate: Evaluate) -> FieldValue:
    try:
        return evaluate(record)
    except EvaluationError as error:
        raise RecordFault("EXPR_03", _unevaluated(what, error)) from None


def _set(record: Record, pattern: str, text: str, evaluate: Evaluate) -> None:
    value = as_field(_value(record, pattern, evaluate))
    if value is None and (existing := get(record.value, pattern)) is not MISSING:
        value = null_of(existing)  # type: ignore[arg-type]
    if not has_wildcards(pattern):
        place(record, pattern, value, "EXPR_04")
        if pattern.endswith("]") and not has(record.value, pattern):
            raise RecordFault("EXPR_02", f"field {pattern} is no place of its list-map")
        return
    for path in expand(record.value, pattern):
        set_field(record, path, copy_value(value))


def _set_attribute(record: Record, path: str, name: str, evaluate: Evaluate) -> None:
    if not has(record.value, path):
        raise RecordFault("EXPR_05", f"field {path} is not there, so it cannot get the attribute {name}")
    value = as_text(_value(record, path, evaluate))
    record.header.field_attributes.setdefault(to_path(parse_path(path)), {})[name] = value
