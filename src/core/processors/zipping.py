"""Field Zip: two lists into a list of pairs."""

from ..plan.given import Given
from ..plan.model import StagePlan
from ..records.fields import Notes, notes_of, set_field
from ..records.paths import MISSING, get, quoted
from ..records.record import Record, copy_value
from ..records.values import FieldValue, ListMap
from .api import Process, RecordFault, StopFault, Tools, each
from .registry import processor


@processor("com_streamsets_pipeline_stage_processor_zip_FieldZipDProcessor")
def field_zip(plan: StagePlan, tools: Tools) -> Process:
    """As long as the shorter list; a pair is a map of the two names, or a list of the two values.

    All pairs of lists are looked at before the first is zipped. Equal names on both sides end the run.
    """
    given = plan.given.under("fieldZipConfigBean.")
    rows = given.rows("fieldZipConfigs")
    values_only = given.flag("valuesOnly")
    strict = given.text("onStagePreConditionFailure", "TO_ERROR") == "TO_ERROR"

    def handle(record: Record) -> Record:
        for row in rows:
            fault = _fault(record, row)
            if fault is not None and strict:
                raise fault
            if fault is not None:
                return record
        for row in rows:
            first, second = _side(record, row.text("firstField")), _side(record, row.text("secondField"))
            pairs: list[FieldValue] = []
            notes: Notes = {}
            for at, ((name, value), (other, with_it)) in enumerate(zip(first, second, strict=False)):
                if not values_only and name == other:
                    raise StopFault("ZIP_00", f"both sides have the name {name!r}")
                pairs.append([value, with_it] if values_only else {name: value, other: with_it})
                if record.notes:
                    steps = ("[0]", "[1]") if values_only else (f"/{quoted(name)}", f"/{quoted(other)}")
                    for step, side in zip(steps, ("firstField", "secondField"), strict=True):
                        held = notes_of(record, f"{row.text(side).rstrip('/')}[{at}]")
                        notes.update({f"[{at}]{step}{below}": note for below, note in held.items()})
            set_field(record, row.text("zippedFieldPath", "/zipped"), copy_value(pairs), notes)
        return record

    return each(handle)


def _fault(record: Record, row: Given) -> RecordFault | None:
    paths = (row.text("firstField"), row.text("secondField"))
    missing = [path for path in paths if get(record.value, path) is MISSING]
    if missing:
        return RecordFault("ZIP_01", f"these fields are not there: {', '.join(missing)}")
    wrong = [path for path in paths if not isinstance(get(record.value, path), (list, ListMap))]
    return RecordFault("ZIP_00", f"these fields are no lists: {', '.join(wrong)}") if wrong else None


def _side(record: Record, path: str) -> list[tuple[str, FieldValue]]:
    held = get(record.value, path)
    if isinstance(held, ListMap):
        return list(held.items())
    name = path.rpartition("/")[2]
    return [(name, item) for item in held] if isinstance(held, list) else []
