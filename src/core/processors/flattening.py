"""Field Flattener: nested maps and lists become one map."""

from collections.abc import Iterator

from ..plan.model import StagePlan
from ..records.fields import Notes, notes_of, remove_field, set_field
from ..records.paths import MISSING, get, quoted
from ..records.record import Record
from ..records.values import FieldType, FieldValue, ListMap, Null
from .api import Process, RecordFault, Tools, each
from .registry import processor

_AROUND = (FieldType.MAP, FieldType.LIST, FieldType.LIST_MAP)
_Leaf = tuple[str, FieldValue, Notes]


@processor("com_streamsets_pipeline_stage_processor_fieldflattener_FieldFlattenerDProcessor")
def field_flattener(plan: StagePlan, tools: Tools) -> Process:
    """Names are joined with a separator; list elements go by their number; empty and null collections vanish.

    A chosen field that is no collection becomes an empty map. A root that is none passes.
    """
    given = plan.given.under("config.")
    separator = given.text("nameSeparator", ".")
    whole = given.text("flattenType", "ENTIRE_RECORD") == "ENTIRE_RECORD"
    in_place, removes = given.flag("flattenInPlace", True), given.flag("removeFlattenedField", True)
    target, on_collision = given.text("flattenTargetField"), given.text("collisionFieldAction", "TO_ERROR")
    kind = ListMap if given.text("outputType", "MAP") == "LIST_MAP" else dict
    fields = given.texts("fields")

    def flatten(record: Record, path: str, held: FieldValue) -> None:
        leaves = list(_leaves(record, held, path.rstrip("/"), "", separator))
        made: dict[str, FieldValue] = kind({name: value for name, value, _ in leaves})
        notes = {f"/{quoted(name)}{below}": note for name, _, held in leaves for below, note in held.items()}
        set_field(record, path, made, notes)

    def handle(record: Record) -> Record:
        if not isinstance(record.value, (dict, list)):
            return record
        if whole:
            flatten(record, "", record.value)
            return record
        if not in_place:
            _check_target(record, target)
        for path in fields:
            held = get(record.value, path)
            if held is MISSING:
                raise RecordFault("FIELD_FLATTENER_01", f"field {path} is not there")
            if in_place:
                flatten(record, path, held if isinstance(held, (dict, list)) else {})
                continue
            if isinstance(held, (dict, list)):
                _join(record, target, list(_leaves(record, held, path.rstrip("/"), "", separator)), on_collision)
            if removes:
                remove_field(record, path)
        return record

    return each(handle)


def _leaves(record: Record, value: FieldValue, path: str, name: str, separator: str) -> Iterator[_Leaf]:
    if isinstance(value, dict):
        for key, item in value.items():
            inner = f"{name}{separator}{key}" if name else key
            yield from _leaves(record, item, f"{path}/{quoted(key)}", inner, separator)
    elif isinstance(value, list):
        for at, item in enumerate(value):
            inner = f"{name}{separator}{at}" if name else str(at)
            yield from _leaves(record, item, f"{path}[{at}]", inner, separator)
    elif not (isinstance(value, Null) and value.type in _AROUND):
        yield name, value, notes_of(record, path) if record.notes else {}


def _check_target(record: Record, target: str) -> None:
    held = get(record.value, target)
    if held is MISSING:
        raise RecordFault("FIELD_FLATTENER_02", f"target field {target} is not there")
    if not isinstance(held, dict):
        raise RecordFault("FIELD_FLATTENER_03", f"target field {target} is no map")


def _join(record: Record, target: str, leaves: list[_Leaf], on_collision: str) -> None:
    held = get(record.value, target)
    for name, value, notes in leaves:
        if isinstance(held, dict) and name in held:
            if on_collision == "TO_ERROR":
                raise RecordFault("FIELD_FLATTENER_04", f"target field {target} has {name!r} already")
            if on_collision == "DISCARD":
                continue
        set_field(record, f"{target.rstrip('/')}/{quoted(name)}", value, notes)
