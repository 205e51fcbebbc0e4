"""Field Order: fields in a given order, as a list or a list-map."""

from typing import Any

from ..errors import InvalidValueError
from ..java.kinds import kind_of
from ..plan.model import StagePlan
from ..records.paths import MISSING, all_paths, get, parse_path
from ..records.record import Record
from ..records.values import FieldType, FieldValue, ListMap
from .api import Process, RecordFault, Tools, each
from .converting import convert_text
from .registry import processor

_AROUND = (FieldType.MAP, FieldType.LIST_MAP, FieldType.LIST)


@processor("com_streamsets_pipeline_stage_processor_fieldorder_FieldOrderDProcessor")
def field_order(plan: StagePlan, tools: Tools) -> Process:
    """Names in the list-map are paths without the first slash, with points for the others.

    Raises:
        InvalidValueError: a field that is to be ordered and discarded (FIELD_ORDER_003).
    """
    given = plan.given.under("config.")
    fields, discarded = given.texts("fields"), set(given.texts("discardFields"))
    as_list = given.text("outputType", "LIST_MAP") == "LIST"
    default = given.text("missingFieldAction", "TO_ERROR") == "USE_DEFAULT"
    strict = given.text("extraFieldAction", "TO_ERROR") == "TO_ERROR"
    both = sorted(discarded.intersection(fields))
    if both:
        raise InvalidValueError("Fields to discard", both[0], "no field that is ordered too")
    filler: Any = convert_text(given.text("defaultValue"), given.text("dataType", "STRING")) if default else None

    def one(record: Record, path: str) -> FieldValue:
        held = get(record.value, path)
        if held is not MISSING:
            return held  # type: ignore[return-value]
        if not default:
            raise RecordFault("FIELD_ORDER_001", f"field {path} is not there")
        value: FieldValue = filler
        return value

    def handle(record: Record) -> Record:
        if strict:
            extra = _extra(record.value, {*fields, *discarded})
            if extra:
                raise RecordFault("FIELD_ORDER_002", f"unexpected fields: {', '.join(extra)}")
        values = [one(record, path) for path in fields]
        if as_list:
            record.value = values
        else:
            record.value = ListMap({_name(path): value for path, value in zip(fields, values, strict=True)})
        return record

    return each(handle)


def _name(path: str) -> str:
    return path.removeprefix("/").replace("/", ".")


def _extra(value: FieldValue, known: set[str]) -> list[str]:
    """Leaves that are neither known nor below a known field."""
    roots = {parse_path(path) for path in known}
    found: list[str] = []
    for path in all_paths(value):
        parts = parse_path(path)
        if not path or kind_of(get(value, path)) in _AROUND:
            continue
        if not any(parts[:count] in roots for count in range(len(parts) + 1)):
            found.append(path)
    return found
