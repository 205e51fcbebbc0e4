"""Field Replacer: new values for fields, or null."""

from ..el import EvaluationError
from ..plan.model import StagePlan
from ..records.paths import MISSING, expand, get, has, put
from ..records.record import Record
from .api import Process, RecordFault, Tools, each
from .registry import processor
from .values import as_field, null_of


@processor("com_streamsets_pipeline_stage_processor_fieldreplacer_FieldReplacerDProcessor")
def field_replacer(plan: StagePlan, tools: Tools) -> Process:
    """The replacement is evaluated per field, which the ``f:`` functions see; null keeps the type of the field."""
    rules = [
        (row.text("fields"), row.flag("setToNull"), tools.evaluate(row.text("replacement")))
        for row in plan.given.under("conf.").rows("rules")
    ]
    strict = plan.given.text("conf.onStagePreConditionFailure", "CONTINUE") == "TO_ERROR"

    def handle(record: Record) -> Record:
        for pattern, to_null, evaluate in rules:
            paths = [path for path in expand(record.value, pattern) if has(record.value, path)]
            if not paths and strict:
                raise RecordFault("FIELD_REPLACER_00", f"no field fits {pattern}")
            for path in paths:
                tools.scope.field = path
                try:
                    new = None if to_null else as_field(evaluate(record))
                except EvaluationError as error:
                    raise RecordFault(
                        "FIELD_REPLACER_01", f"the value for {path} cannot be evaluated: {error}"
                    ) from None
                held = get(record.value, path)
                if new is None and held is not MISSING:
                    new = null_of(held)  # type: ignore[arg-type]
                record.value = put(record.value, path, new)
        return record

    return each(handle)
