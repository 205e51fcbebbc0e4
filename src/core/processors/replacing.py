"""Field Replacer: new values for fields, or null."""

from ..el import EvaluationError
from ..plan.model import StagePlan
from ..records.fields import set_field
from ..records.paths import MISSING, get
from ..records.record import Record
from .api import Process, RecordFault, StopFault, Tools, each
from .registry import processor
from .selecting import selector
from .values import as_field, null_of

SKIPS_SINCE = 2
"""Since this version of the stage CONTINUE passes missing fields over; before, it adds them as ADD_FIELD does."""


@processor("com_streamsets_pipeline_stage_processor_fieldreplacer_FieldReplacerDProcessor")
def field_replacer(plan: StagePlan, tools: Tools) -> Process:
    """The replacement is evaluated per field, which the ``f:`` functions see; setting to null keeps the type."""
    rules = [
        (row.text("fields"), selector(tools, row.text("fields")), row.flag("setToNull"), row.text("replacement"))
        for row in plan.given.under("conf.").rows("rules")
    ]
    evaluate = {text: tools.evaluate(text) for _, _, _, text in rules}
    wanted = plan.given.text("conf.onStagePreConditionFailure", "CONTINUE")
    version = int(plan.version) if plan.version.isdigit() else 1
    adds_null = wanted == "ADD_FIELD"
    adds = adds_null or (wanted == "CONTINUE" and version < SKIPS_SINCE)

    def handle(record: Record) -> Record:
        for pattern, select, to_null, text in rules:
            paths = select(record)
            if wanted == "TO_ERROR" and (not paths or any(get(record.value, path) is MISSING for path in paths)):
                raise RecordFault("FIELD_REPLACER_00", f"no field fits {pattern}")
            for path in paths:
                held = get(record.value, path)
                if held is MISSING and not (adds_null if to_null else adds):
                    continue
                if to_null:
                    set_field(record, path, None if held is MISSING else null_of(held))  # type: ignore[arg-type]
                    continue
                tools.scope.field = path
                try:
                    new = as_field(evaluate[text](record))
                except EvaluationError as error:
                    raise StopFault("CTRCMN_0100", f"the value for {path} cannot be evaluated: {error}") from None
                set_field(record, path, new)
        return record

    return each(handle)
