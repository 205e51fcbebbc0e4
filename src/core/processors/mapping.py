"""Field Mapper: one expression over the values, names or paths of many fields."""

from collections.abc import Callable
from typing import Any

from ..el import EvaluationError
from ..el.functions.aggregates import Mapped
from ..errors import InvalidValueError
from ..java.kinds import kind_of
from ..plan.model import StagePlan
from ..records.paths import MISSING, UnreachablePathError, all_paths, delete, get, parse_path, put
from ..records.record import Record
from ..records.values import FieldType, FieldValue
from .api import Process, RecordFault, Tools, each
from .registry import processor
from .values import as_field

_AROUND = (FieldType.MAP, FieldType.LIST_MAP, FieldType.LIST)
Evaluate = Callable[[Record], Any]


@processor("com_streamsets_pipeline_stage_processor_mapper_FieldMapperDProcessor")
def field_mapper(plan: StagePlan, tools: Tools) -> Process:
    """Values and paths are mapped for leaves, names for every field that has one. ``f:`` functions see the field."""
    given = plan.given.under("fieldMapperConfig.")
    operate = given.text("operateOn", "FIELD_VALUES")
    condition = given.text("conditionalExpression")
    test = tools.predicate(condition) if condition.strip() else None
    mapping = tools.evaluate(given.text("mappingExpression", "${f:value()}"))
    aggregate = given.text("aggregationExpression", "${fields}")
    gather = None if aggregate.strip() in ("", "${fields}") else tools.evaluate(aggregate)
    appends, keeps = given.flag("appendListValues"), given.flag("maintainOriginalPaths")

    def evaluated(expression: Evaluate, record: Record, path: str) -> Any:
        tools.scope.field = path
        try:
            return expression(record)
        except EvaluationError as error:
            reason = f"the expression for {path} cannot be evaluated: {error}"
            raise RecordFault("EXPRESSION_EVALUATION_FAILURE_03", reason) from None

    def chosen(record: Record, *, names: bool) -> list[str]:
        found: list[str] = []
        for path in all_paths(record.value):
            parts = parse_path(path)
            if not parts or (names and isinstance(parts[-1], int)):
                continue
            if not names and kind_of(get(record.value, path)) in _AROUND:
                continue
            if test is None or evaluated(test, record, path):
                found.append(path)
        return found

    def values(record: Record) -> Record:
        new = [(path, as_field(evaluated(mapping, record, path))) for path in chosen(record, names=False)]
        for path, value in new:
            record.value = put(record.value, path, value)
        return record

    def renamed(record: Record) -> Record:
        # the deepest first, so that paths of parents stay right
        for path in sorted(chosen(record, names=True), key=lambda each: len(parse_path(each)), reverse=True):
            name = str(evaluated(mapping, record, path))
            parts = parse_path(path)
            held = get(record.value, path)
            parent = record.value
            for part in parts[:-1]:
                parent = parent[part]  # type: ignore[index]
            if name != parts[-1] and isinstance(parent, dict):
                del parent[str(parts[-1])]
                parent[name] = held  # type: ignore[assignment]
        return record

    def moved(record: Record) -> Record:
        groups: dict[str, list[str]] = {}
        for path in chosen(record, names=False):
            groups.setdefault(str(evaluated(mapping, record, path)), []).append(path)
        gone: list[str] = []
        for target, paths in groups.items():
            held = [get(record.value, path) for path in paths]
            _land(record, target, Mapped(held, paths), gather, appends, tools)
            gone.extend(path for path in paths if path != target)
        if not keeps:
            for path in sorted(
                gone,
                key=lambda each: [(p, "") if isinstance(p, int) else (-1, p) for p in parse_path(each)],
                reverse=True,
            ):
                delete(record.value, path)
        return record

    return each({"FIELD_PATHS": moved, "FIELD_NAMES": renamed}.get(operate, values))


def _land(record: Record, target: str, held: Mapped, gather: Evaluate | None, appends: bool, tools: Tools) -> None:
    """Puts what was mapped to one path there: an aggregate, a single field, or a list."""
    try:
        parse_path(target)
        there = get(record.value, target)
        value: FieldValue
        if gather is not None:
            outside = tools.scope.parameters
            tools.scope.parameters = {**outside, "fields": held}
            try:
                value = as_field(gather(record))
            except EvaluationError as error:
                reason = f"the aggregation for {target} cannot be evaluated: {error}"
                raise RecordFault("EXPRESSION_EVALUATION_FAILURE_03", reason) from None
            finally:
                tools.scope.parameters = outside
        elif isinstance(there, list):
            value = [*there, *held] if appends else list(held)
        else:
            value = held[0] if len(held) == 1 else list(held)
        if there is MISSING or not isinstance(there, list) or not isinstance(value, list):
            record.value = put(record.value, target, value)
        else:
            there[:] = value
    except (UnreachablePathError, InvalidValueError) as error:
        reason = f"{target!r} cannot be a field's path here: {error}"
        raise RecordFault("INVALID_EVALUATED_FIELD_PATH_02", reason) from None
