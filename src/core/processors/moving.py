"""Field Merger: moves a map or list into another."""

from ..java.kinds import kind_of
from ..plan.model import StagePlan
from ..records.paths import MISSING, UnreachablePathError, delete, get, put
from ..records.record import Record
from .api import Process, RecordFault, Tools, each
from .registry import processor


@processor("com_streamsets_pipeline_stage_processor_fieldmerger_FieldMergerDProcessor")
def field_merger(plan: StagePlan, tools: Tools) -> Process:
    """Maps are merged key by key, lists put one behind the other; the source is removed."""
    pairs = [(row.text("fromField"), row.text("toField")) for row in plan.given.rows("mergeMapping")]
    strict = plan.given.text("onStagePreConditionFailure", "TO_ERROR") == "TO_ERROR"
    overwrites = plan.given.flag("overwriteExisting")

    def handle(record: Record) -> Record:
        for source, target in pairs:
            if get(record.value, source) is MISSING:
                if strict:
                    raise RecordFault("FIELD_MERGER_00", f"field {source} is not there")
                continue
            _merge(record, source, target, overwrites)
        return record

    return each(handle)


def _merge(record: Record, source: str, target: str, overwrites: bool) -> None:
    moved, held = get(record.value, source), get(record.value, target)
    if not isinstance(moved, (dict, list)):
        raise RecordFault("FIELD_MERGER_03", f"field {source} is neither a map nor a list")
    if held is MISSING:
        delete(record.value, source)
        try:
            record.value = put(record.value, target, moved)
        except UnreachablePathError:
            raise RecordFault("FIELD_MERGER_04", f"the parent of field {target} is not there") from None
        return
    if kind_of(held) is not kind_of(moved):
        raise RecordFault("FIELD_MERGER_02", f"fields {source} and {target} are of different types")
    if isinstance(held, dict) and isinstance(moved, dict):
        doubled = [name for name in moved if name in held]
        if doubled and not overwrites:
            raise RecordFault("FIELD_MERGER_01", f"field {target} has {doubled[0]!r} already")
        held.update(moved)
    elif isinstance(held, list) and isinstance(moved, list):
        held.extend(moved)
    delete(record.value, source)
