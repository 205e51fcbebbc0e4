"""Field Zip: two lists into a list of pairs."""

from ..plan.model import StagePlan
from ..records.paths import MISSING, get, parse_path
from ..records.record import Record
from ..records.values import FieldValue, ListMap
from .api import Process, RecordFault, Tools, each
from .registry import processor
from .values import place


@processor("com_streamsets_pipeline_stage_processor_zip_FieldZipDProcessor")
def field_zip(plan: StagePlan, tools: Tools) -> Process:
    """As long as the shorter list; a pair is a map of the two names, or a list of the two values."""
    given = plan.given.under("fieldZipConfigBean.")
    rows = given.rows("fieldZipConfigs")
    values_only = given.flag("valuesOnly")
    strict = given.text("onStagePreConditionFailure", "TO_ERROR") == "TO_ERROR"

    def side(record: Record, path: str) -> list[tuple[str, FieldValue]]:
        held = get(record.value, path)
        if held is MISSING:
            raise RecordFault("ZIP_01", f"field {path} is not there")
        if isinstance(held, ListMap):
            return list(held.items())
        if not isinstance(held, list):
            raise RecordFault("ZIP_00", f"field {path} is no list")
        names = [part for part in parse_path(path) if isinstance(part, str)]
        return [(names[-1] if names else "", item) for item in held]

    def handle(record: Record) -> Record:
        for row in rows:
            try:
                first, second = side(record, row.text("firstField")), side(record, row.text("secondField"))
            except RecordFault:
                if strict:
                    raise
                return record
            pairs: list[FieldValue] = []
            for (name, value), (other, with_it) in zip(first, second, strict=False):
                if not values_only and name == other:
                    raise RecordFault("ZIP_00", f"both sides have the name {name!r}")
                pairs.append([value, with_it] if values_only else {name: value, other: with_it})
            place(record, row.text("zippedFieldPath", "/zipped"), pairs, "ZIP_01")
        return record

    return each(handle)
