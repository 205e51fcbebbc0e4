"""Field Pivoter: one record per element of a list or map."""

from ..plan.model import StagePlan
from ..records.paths import MISSING, delete, get, put
from ..records.record import Record, copy_value
from ..records.values import FieldValue
from .api import Out, Process, RecordFault, Tools, derived
from .registry import processor


@processor("com_streamsets_pipeline_stage_processor_listpivot_ListPivotDProcessor")
def field_pivoter(plan: StagePlan, tools: Tools) -> Process:
    """Ids get ``_1``, ``_2`` …; an empty list gives no record, a missing field an error or nothing."""
    given = plan.given
    path, copies = given.text("listPath"), given.flag("copyFields", True)
    place = given.text("newPath") or path
    replaces, keeps_name = given.flag("replaceListField", True), given.flag("saveOriginalFieldName")
    name_path = given.text("originalFieldNamePath")
    strict = given.text("onStagePreConditionFailure", "TO_ERROR") == "TO_ERROR"

    def made(record: Record, at: int, name: str, item: FieldValue) -> Record:
        value = copy_value(record.value) if copies else copy_value(item)
        if copies:
            if replaces or place == path:
                delete(value, path)
            value = put(value, place, copy_value(item))
            if keeps_name and name_path:
                value = put(value, name_path, name)
        return derived(record, value, f"_{at}")

    def process(batch: list[Record], out: Out) -> None:
        for record in batch:
            try:
                for at, (name, item) in enumerate(_items(record, path, strict), 1):
                    out.emit(made(record, at, name, item))
            except RecordFault as fault:
                out.error(record, fault.code, fault.message)

    return process


def _items(record: Record, path: str, strict: bool) -> list[tuple[str, FieldValue]]:
    held = get(record.value, path)
    if held is MISSING:
        if strict:
            raise RecordFault("LIST_PIVOT_01", f"field {path} is not there")
        return []
    if isinstance(held, dict):
        return list(held.items())
    if isinstance(held, list):
        return [(path, item) for item in held]
    raise RecordFault("LIST_PIVOT_00", f"field {path} is neither a list nor a map")
