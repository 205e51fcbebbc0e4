"""Field Flattener: nested maps and lists become one map."""

from collections.abc import Iterator

from ..plan.model import StagePlan
from ..records.paths import MISSING, delete, get, put
from ..records.record import Record
from ..records.values import FieldValue
from .api import Process, RecordFault, Tools, each
from .registry import processor


@processor("com_streamsets_pipeline_stage_processor_fieldflattener_FieldFlattenerDProcessor")
def field_flattener(plan: StagePlan, tools: Tools) -> Process:
    """Names are joined with a separator; list elements go by their number; empty collections vanish."""
    given = plan.given.under("config.")
    separator = given.text("nameSeparator", ".")
    whole = given.text("flattenType", "ENTIRE_RECORD") == "ENTIRE_RECORD"
    in_place, removes = given.flag("flattenInPlace", True), given.flag("removeFlattenedField", True)
    target, on_collision = given.text("flattenTargetField"), given.text("collisionFieldAction", "TO_ERROR")

    def handle(record: Record) -> Record:
        if whole:
            if isinstance(record.value, (dict, list)):
                record.value = dict(_leaves(record.value, "", separator))
            return record
        for path in given.texts("fields"):
            held = get(record.value, path)
            if held is MISSING:
                raise RecordFault("FIELD_FLATTENER_01", f"field {path} is not there")
            if not isinstance(held, (dict, list)):
                continue
            flat = dict(_leaves(held, "", separator))
            if in_place:
                record.value = put(record.value, path, flat)
                continue
            _join(record, target, flat, on_collision)
            if removes:
                delete(record.value, path)
        return record

    return each(handle)


def _leaves(value: FieldValue, name: str, separator: str) -> Iterator[tuple[str, FieldValue]]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _leaves(item, f"{name}{separator}{key}" if name else key, separator)
    elif isinstance(value, list):
        for at, item in enumerate(value):
            yield from _leaves(item, f"{name}{separator}{at}" if name else str(at), separator)
    else:
        yield name, value


def _join(record: Record, target: str, flat: dict[str, FieldValue], on_collision: str) -> None:
    held = get(record.value, target)
    if held is MISSING:
        raise RecordFault("FIELD_FLATTENER_02", f"target field {target} is not there")
    if not isinstance(held, dict):
        raise RecordFault("FIELD_FLATTENER_03", f"target field {target} is no map")
    for name, value in flat.items():
        if name not in held or on_collision == "OVERRIDE":
            held[name] = value
        elif on_collision == "TO_ERROR":
            raise RecordFault("FIELD_FLATTENER_04", f"target field {target} has {name!r} already")
