"""Field Merger: moves a map or list into another."""

from ..java.kinds import kind_of
from ..plan.model import StagePlan
from ..records.fields import move_field, notes_of, remove_field
from ..records.paths import MISSING, NoPlaceError, UnreachablePathError, get, has, parse_path, quoted
from ..records.record import Record
from ..records.values import FieldType
from .api import Process, RecordFault, Tools, each
from .registry import processor
from .values import place

_AROUND = (FieldType.MAP, FieldType.LIST, FieldType.LIST_MAP)


@processor("com_streamsets_pipeline_stage_processor_fieldmerger_FieldMergerDProcessor")
def field_merger(plan: StagePlan, tools: Tools) -> Process:
    """Maps are merged key by key, lists put one behind the other; the source is removed.

    What is missing or there already is told when everything else is done.
    """
    pairs = [(row.text("fromField"), row.text("toField")) for row in plan.given.rows("mergeMapping")]
    strict = plan.given.text("onStagePreConditionFailure", "TO_ERROR") == "TO_ERROR"
    overwrites = plan.given.flag("overwriteExisting")

    def handle(record: Record) -> Record:
        missing: list[str] = []
        doubled: list[str] = []
        for source, target in pairs:
            if not has(record.value, source):
                missing.append(source)
            elif not _merge(record, source, target, overwrites):
                doubled.append(target)
        if missing and strict:
            raise RecordFault("FIELD_MERGER_00", f"these fields are not there: {', '.join(missing)}")
        if doubled:
            raise RecordFault("FIELD_MERGER_01", f"these fields would be overwritten: {', '.join(doubled)}")
        return record

    return each(handle)


def _is_inside(target: str, source: str) -> bool:
    """True for a field in another, which would come to hold itself."""
    inner, outer = parse_path(target), parse_path(source)
    return len(inner) > len(outer) and inner[: len(outer)] == outer


def _merge(record: Record, source: str, target: str, overwrites: bool) -> bool:
    """False when a name is in both and may not be overwritten. Names are part of the path as they are: one with a slash
    is that of a field further inside."""
    moved, held = get(record.value, source), get(record.value, target)
    if _is_inside(target, source):
        raise RecordFault("FIELD_MERGER_04", f"field {target} would be in itself")
    if held is MISSING:
        if kind_of(moved) not in _AROUND:
            raise RecordFault("FIELD_MERGER_03", f"field {source} is neither a map nor a list")
        try:
            move_field(record, source, target)
        except UnreachablePathError:
            raise RecordFault("FIELD_MERGER_04", f"the parent of field {target} is not there") from None
        return True
    if kind_of(held) is not kind_of(moved) or kind_of(moved) not in _AROUND:
        raise RecordFault("FIELD_MERGER_02", f"fields {source} and {target} cannot be merged")
    free = True
    if isinstance(held, dict) and isinstance(moved, dict):
        for name, value in list(moved.items()):
            path = f"{target.rstrip('/')}/{name}"
            if not overwrites and has(record.value, path):
                free = False
            else:
                notes = notes_of(record, f"{source.rstrip('/')}/{quoted(name)}")
                place(record, path, value, "FIELD_MERGER_04", notes)
    elif isinstance(held, list) and isinstance(moved, list):
        held.extend(moved)
    else:
        raise NoPlaceError(target)
    remove_field(record, source)
    return free
