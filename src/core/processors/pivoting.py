"""Field Pivoter: one record per element of a list or map."""

from ..errors import InvalidValueError
from ..plan.model import StagePlan
from ..records.fields import notes_of, remove_field, set_field
from ..records.paths import MISSING, NoPlaceError, get, quoted
from ..records.record import Record, copy_value
from ..records.values import FieldType, FieldValue, Null
from .api import Out, Process, RecordFault, Tools, derived
from .registry import processor

_AROUND = (FieldType.MAP, FieldType.LIST, FieldType.LIST_MAP)
_Item = tuple[str, str, FieldValue]
"""The name, the path and the value of an element."""


@processor("com_streamsets_pipeline_stage_processor_listpivot_ListPivotDProcessor")
def field_pivoter(plan: StagePlan, tools: Tools) -> Process:
    """Ids get ``_1``, ``_2`` …; an empty list gives no record, a missing field an error or nothing.

    Raises:
        InvalidValueError: names are kept without other fields (LIST_PIVOT_02), or where the elements go
            (LIST_PIVOT_03).
    """
    given = plan.given
    path, copies = given.text("listPath"), given.flag("copyFields", True)
    place = given.text("newPath") or path
    replaces, keeps_name = given.flag("replaceListField", True), given.flag("saveOriginalFieldName")
    name_path = given.text("originalFieldNamePath")
    strict = given.text("onStagePreConditionFailure", "TO_ERROR") == "TO_ERROR"
    if keeps_name and not copies:
        raise InvalidValueError("Save Original Field Name", True, "copied fields (LIST_PIVOT_02)")
    if given.text("newPath") and place == name_path:
        raise InvalidValueError("Original Field Name Path", name_path, "another path (LIST_PIVOT_03)")

    def made(record: Record, at: int, name: str, where: str, item: FieldValue) -> Record:
        notes = notes_of(record, where)
        new = derived(record, copy_value(record.value) if copies else None, f"_{at}")
        if copies and (replaces or place == path):
            remove_field(new, path)
        set_field(new, place if copies else "", copy_value(item), notes)
        if keeps_name:
            set_field(new, name_path, name)
        return new

    def process(batch: list[Record], out: Out) -> None:
        for record in batch:
            try:
                for at, (name, where, item) in enumerate(_items(record, path, strict), 1):
                    out.emit(made(record, at, name, where, item))
            except RecordFault as fault:
                out.error(record, fault.code, fault.message)

    return process


def _items(record: Record, path: str, strict: bool) -> list[_Item]:
    held = get(record.value, path)
    if held is MISSING:
        if strict:
            raise RecordFault("LIST_PIVOT_01", f"field {path} is not there")
        return []
    if isinstance(held, dict):
        return [(name, f"{path.rstrip('/')}/{quoted(name)}", item) for name, item in held.items()]
    if isinstance(held, list):
        return [(path, f"{path.rstrip('/')}[{at}]", item) for at, item in enumerate(held)]
    if isinstance(held, Null) and held.type in _AROUND:
        raise NoPlaceError(path)
    raise RecordFault("LIST_PIVOT_00", f"field {path} is neither a list nor a map")
