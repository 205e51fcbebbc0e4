"""Field Order: fields in a given order, as a list or a list-map."""

from typing import Any

from ..errors import InvalidValueError
from ..plan.model import StagePlan
from ..records.convert import convert
from ..records.fields import Notes, notes_of, set_field
from ..records.paths import MISSING, all_paths, get, parse_path, quoted
from ..records.record import Record
from ..records.values import FieldType, FieldValue, ListMap
from .api import Process, RecordFault, Tools, each
from .registry import processor


@processor("com_streamsets_pipeline_stage_processor_fieldorder_FieldOrderDProcessor")
def field_order(plan: StagePlan, tools: Tools) -> Process:
    """Names in the list-map are paths without the first slash, with points for the others.

    Every path of the record counts as a field, so a map that holds ordered fields must be ordered or discarded too.

    Raises:
        InvalidValueError: a field that is to be ordered and discarded (FIELD_ORDER_003), or a default that is no value
            of its type.
    """
    given = plan.given.under("config.")
    fields, discarded = given.texts("fields"), {"", *given.texts("discardFields")}
    as_list = given.text("outputType", "LIST_MAP") == "LIST"
    default = given.text("missingFieldAction", "TO_ERROR") == "USE_DEFAULT"
    strict = given.text("extraFieldAction", "TO_ERROR") == "TO_ERROR"
    both = sorted(discarded.intersection(fields))
    if both:
        raise InvalidValueError("Fields to discard", both[0], "no field that is ordered too (FIELD_ORDER_003)")
    kind = FieldType[given.text("dataType", "STRING")] if default else FieldType.STRING
    filler: Any = convert(given.text("defaultValue"), kind) if default else None

    def handle(record: Record) -> Record:
        paths = [path for path in all_paths(record.value) if path not in discarded]
        missing = [path for path in fields if path not in paths]
        if missing and not default:
            raise RecordFault("FIELD_ORDER_001", f"these fields are not there: {', '.join(missing)}")
        extra = [path for path in paths if path not in fields]
        if extra and strict:
            raise RecordFault("FIELD_ORDER_002", f"unexpected fields: {', '.join(extra)}")
        made: dict[str, FieldValue] = {}
        notes: Notes = {}
        for at, path in enumerate(fields):
            held = get(record.value, path)
            name = str(at) if as_list else _name(path)
            made[name] = filler if held is MISSING else held  # type: ignore[assignment]
            below = f"[{at}]" if as_list else f"/{quoted(name)}"
            notes.update({below + key: note for key, note in notes_of(record, path).items()})
        set_field(record, "", list(made.values()) if as_list else ListMap(made), notes)
        return record

    return each(handle)


def _name(path: str) -> str:
    made = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in parse_path(path))
    return made.removeprefix(".").replace("/", ".")
